"""The worst images, texts and series, one by one, and what a network makes of them: found, told, and drawn."""

import base64
import dataclasses
import io
from types import SimpleNamespace

import numpy as np
import PIL.Image
import pytest
from rooms import context
from test_evaluate import evaluation_of

import bundles
from ninefold.core.clock import Clock
from ninefold.core.closer import Closer, FeatureMaps, Seen, SeenImage, SeenSeries, SeenText, SelfAttention
from ninefold.core.png import data_uri, png, smaller
from ninefold.core.section import Exhibit, Figure, Item, Picture, Section, Word
from ninefold.core.table import Rows
from ninefold.core.workshop import FIRST, LOOKS, Workshop
from ninefold.diagnosis.answers import Answers
from ninefold.evaluate.closer import images
from ninefold.evaluate.closer.looking import closer_of
from ninefold.evaluate.closer.networks import attention_of, feature_maps_of
from ninefold.evaluate.closer.series import series_of
from ninefold.evaluate.closer.texts import texts_of
from ninefold.evaluate.closer.worst import Worst
from ninefold.evaluate.view import view
from ninefold.forms.onnx import argument_of, compiled, const, op, raw_input
from ninefold.forms.tokens import words
from ninefold.report.charts import passage, picture
from ninefold.report.charts.draw import draw
from ninefold.report.document import Document, Stage, decode, encode
from ninefold.report.render import page
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.explain.asking import asked
from ninefold_runtime.model import Model
from ninefold_runtime.wire import from_columns

RNG = np.random.default_rng


def worst_of(bundle, columns, y, folder, clock=None):
    """Rows of a bundle with two classes, the largest loss first, as the stage would look at them."""
    graph = Model(bundle.graph, bundle.schema)
    made = graph.predict_arrays(columns)
    codes = (made.predictions == "yes").astype(int)
    problem = SimpleNamespace(task="binary", classes=("no", "yes"), labels=(), choices=(), levels=(), quantiles=())
    names = {column.name: column for column in bundle.schema.columns}
    model = SimpleNamespace(members=(SimpleNamespace(trial=1, title="Network", weight=1.0),), columns=tuple(names))
    case = SimpleNamespace(
        problem=problem,
        dataset=SimpleNamespace(column=names.__getitem__),
        model=model,
        rows=Rows(columns, y),
        answers=Answers(y, made.probabilities, codes),
        context=context(folder),
    )
    losses = -np.log(made.probabilities[np.arange(len(y)), y])
    order = tuple(np.argsort(-losses, kind="stable").tolist())
    case.model.maps = None
    return Worst(case, asked(graph, bundle.schema, None), order, clock or Clock())


@pytest.fixture
def arrays(tmp_path):
    """Twenty rows, the third without an image and the fourth without a series; truth is at odds with the graph."""
    rng = RNG(0)
    photo = rng.integers(1, 256, (20, 6, 8, 1)).astype(np.uint8)
    pulse = rng.normal(size=(20, 5))
    photo[2], pulse[3], pulse[4, 3:] = 0, np.nan, np.nan
    columns = {"photo": photo, "pulse": pulse}
    (tmp_path / "7-evaluation").mkdir()
    bundle = read_bundle(bundles.write_arrays(tmp_path / "bundle"))
    return worst_of(bundle, columns, rng.integers(0, 2, 20), tmp_path / "7-evaluation")


def test_the_worst_images_come_first_and_tell_where_they_were_seen(arrays):
    found = images.images_of(arrays)
    assert (found.method, len(found.images)) == ("occlusion", images.MOST)
    shown = [place for place in arrays.order if place != 2][: images.MOST]
    for seen, place in zip(found.images, shown, strict=True):
        assert seen.row == arrays.seen(place)
        data = PIL.Image.open(io.BytesIO(decoded(seen.picture.png)))
        assert np.array_equal(np.asarray(data)[..., None], arrays.case.rows.columns["photo"][place])
        areas = np.array(seen.picture.areas)
        assert np.abs(areas[:, :4]).max() > 0 and (areas[:, 4:] == 0).all(), "the graph looks at the left half alone"
        assert f"true {seen.row.truth}" in seen.picture.told and "right" not in seen.picture.told


def decoded(uri):
    return base64.b64decode(uri.partition(",")[2])


def test_pictures_stop_where_they_would_weigh_too_much(arrays, monkeypatch):
    monkeypatch.setattr(images, "MOST_BYTES", 500)
    few = images.images_of(arrays).images
    assert 0 < len(few) < images.MOST
    assert sum(len(seen.picture.png) for seen in few) <= 500


def test_the_stretch_that_matters_is_that_of_the_second_moment(arrays):
    found = list(series_of(arrays))
    assert len(found) == 3 and arrays.seen(3) not in [each.row for each in found]
    for seen in found:
        assert seen.edges == tuple(range(len(seen.values) + 1))
        assert np.abs(seen.falls).argmax() == 1
        assert np.count_nonzero(seen.falls) == 1


def test_without_time_nothing_is_looked_at_and_that_is_said(arrays, monkeypatch):
    late = dataclasses.replace(arrays, clock=Clock(0))
    assert not images.images_of(late).images and not list(series_of(late)) and feature_maps_of(late) is None
    monkeypatch.setattr(Worst, "of", lambda case, clock: late)
    told = closer_of(arrays.case)
    assert (
        told.late
        == "There was no time left to look at all of the worst images and series; a larger --budget leaves some."
    )
    section = view(evaluation_of(closer=told))
    assert told.late in section.text and section.exhibits == ()


def test_words_of_the_worst_texts_are_weighed_in_their_place(tmp_path):
    bundle, rng = read_bundle(bundles.write(tmp_path / "bundle")), RNG(1)
    table = bundles.table(12)
    table["remark"] = ["good", None, "so so, it's <b>"] * 4
    columns = from_columns(bundle.schema, table, 12).arrays
    (tmp_path / "run").mkdir()
    worst = worst_of(bundle, columns, rng.integers(0, 2, 12), tmp_path / "run")
    found = list(texts_of(worst))
    assert len(found) == 6
    for seen in found:
        text = "".join(word.text for word in seen.words)
        assert text in {"good", "so so, it's <b>"}
        weights = [word.weight for word in seen.words if word.weight is not None]
        assert any(weights) == (text == "good")


def test_a_reader_shows_its_words_looking_at_each_other(tmp_path):
    bundle = read_bundle(bundles.write(tmp_path / "bundle"))
    table = bundles.table(6)
    table["remark"] = ["one", "the sea is calm today", "a quiet, quiet sea", None, "two words", "so it was"]
    columns = from_columns(bundle.schema, table, 6).arrays
    worst = worst_of(bundle, columns, np.zeros(6, int), tmp_path)
    folder = Workshop(worst.case.context.run).member(1)
    folder.mkdir(parents=True)
    remark = next(column for column in bundle.schema.columns if column.name == "remark")
    text = raw_input(remark)
    known = op.cast(op.not_(op.equal(words(text), const("\x02", np.str_))), to=np.int64)
    (folder / "view.onnx").write_bytes(compiled({"remark": text}, {"x": known}))
    x = argument_of(np.int64, ("N", "T"))
    shares = op.cast(op.unsqueeze(x, const([1], np.int64)), to=np.float32)
    looks = op.softmax(op.mul(shares, op.cast(op.unsqueeze(x, const([2], np.int64)), to=np.float32)), axis=-1)
    (folder / LOOKS).write_bytes(compiled({"x": x}, {"attention 1": looks}))
    found = list(attention_of(worst))
    assert {each.words for each in found} == {
        ("the", "sea", "is", "calm", "today"),
        ("a", "quiet", ",", "quiet", "sea"),
    }
    assert all(len(row) == len(each.words) for each in found for row in each.weights)
    (folder / LOOKS).write_bytes(compiled({"x": x}, {FIRST: looks}))
    assert list(attention_of(worst)) == []


def filled():
    """A closer look with everything in it, as heavy as it may be."""
    rng, row = RNG(2), Seen("<b>cat</b>", "dog (71%)", "dog")
    noise = [images.pictured(rng.integers(0, 256, (90, 64, 3)).astype(np.uint8), "noise") for _ in range(9)]
    areas = tuple(tuple(float(v) for v in each) for each in rng.normal(size=(8, 8)).round(3))
    seen = tuple(SeenImage(row, "photo", dataclasses.replace(each, areas=areas)) for each in noise)
    grey = tuple(images.pictured(rng.integers(0, 256, (32, 32, 1)).astype(np.uint8), f"Channel {i}") for i in range(12))
    some = tuple(Word(f"word{i}", w) for i, w in enumerate((0.5, -0.4, 0.2, -0.06, 0.01)))
    texts = (SeenText(row, "review", (*some, Word(" & "), Word("<i>", -0.5))),) * 6
    series = SeenSeries(row, "x", (1.0, np.nan, 2.0, 1.5), (0, 2, 4), (0.3, -0.6))
    maps = FeatureMaps("CNN", FIRST, noise[0], grey, 32)
    attention = SelfAttention("Transformer", "attention 1", ("a", "b"), ((0.9, 0.1), (0.6, 0.4)))
    return Closer(seen, texts, (series,) * 6, maps, (attention,) * 2, "grad_cam", 0.47)


def test_a_report_shows_it_again_from_its_json_and_stays_small():
    section = view(evaluation_of(closer=filled()))
    plain = dataclasses.replace(section, exhibits=(), figures=())
    whole, bare = (page(decode(encode(told(each)))) for each in (section, plain))
    assert len(whole) - len(bare) < 300_000
    assert len(encode(told(section))) - len(encode(told(plain))) < 300_000
    assert "where in them it was seen" in whole and "word by word (review)" in whole
    assert "<b>cat" not in whole and "&lt;b&gt;cat" in whole
    assert "it has 47% of the ensemble&#39;s weight" in whole
    assert {"moments", "matrix"} <= {figure.kind for figure in section.figures}


def told(section):
    return Document(1, "r", "v", "now", "s", "t", 0, 1.0, "c", (), (Stage(7, "evaluation", 1.0, section),))


def test_words_are_signed_and_the_heaviest_have_numbers():
    drawn = str(passage.draw((Word("a", 0.5), Word(" "), Word("<b>", -0.2), Word("c", 0.06), Word("d", 0.04))))
    assert '<mark class="for f2">a<sup>+0.5</sup></mark> ' in drawn
    assert '<mark class="against a1">&lt;b&gt;<sup>−</sup></mark>' in drawn
    assert drawn.endswith('<mark class="for f0">c<sup>+</sup></mark>d')
    assert str(passage.draw((Word("a", 0.0), Word(" b")))) == "a b"


def test_a_picture_is_told_and_signed():
    shown = Picture("data:,x", 20, 10, 'said "yes"', ((1.0, -0.9), (0.05, 0.3)))
    drawn = str(picture.draw(shown))
    assert 'aria-label="said &#34;yes&#34;"' in drawn
    assert drawn.count('class="for"') == 2 and drawn.count('class="against"') == 1
    assert ">+</text>" in drawn and ">−</text>" in drawn
    assert "<use" not in str(picture.draw(dataclasses.replace(shown, areas=())))


def test_moments_are_drawn_up_for_and_down_against():
    figure = next(f for f in view(evaluation_of(closer=filled())).figures if f.kind == "moments")
    assert figure.title == "x: moments 3 to 4 speak most against dog"
    drawn = str(draw(figure))
    assert drawn.count("<rect") == 2 and 'class="c1 bin"' in drawn and 'class="c2 bin"' in drawn
    assert "speaks for dog, by 0.6000 at most" in drawn


def test_weights_of_attention_are_shaded_by_the_largest():
    figure = next(f for f in view(evaluation_of(closer=filled())).figures if f.relative)
    spread = dataclasses.replace(figure, series=tuple(dataclasses.replace(s, y=(55.0, 45.0)) for s in figure.series))
    assert str(draw(spread)).count('class="m5"') == 2
    assert str(draw(dataclasses.replace(spread, relative=False))).count('class="m5"') == 0


@pytest.mark.parametrize("shape", [(1, 1, 1), (7, 5, 3), (64, 3, 1)])
def test_a_png_is_what_others_read(shape):
    pixels = RNG(0).integers(0, 256, shape).astype(np.uint8)
    image = PIL.Image.open(io.BytesIO(png(pixels)))
    assert image.mode == ("L" if shape[2] == 1 else "RGB")
    assert np.array_equal(np.asarray(image).reshape(shape), pixels)
    assert data_uri(b"abc") == "data:image/png;base64,YWJj"


def test_smaller_pictures_are_means():
    pixels = np.arange(36, dtype=np.uint8).reshape(6, 6, 1)
    assert smaller(pixels, 3)[..., 0].tolist() == [[4, 6, 8], [16, 18, 20], [28, 30, 32]]
    assert smaller(pixels, 6) is not None and np.array_equal(smaller(pixels, 9), pixels)
    assert smaller(pixels, 4).shape == (4, 4, 1)


def test_exhibits_of_no_topic_stand_with_their_stage():
    section = Section("Evaluation", "s", exhibits=(Exhibit("Here", (Item("one", words=(Word("text"),)),)),))
    assert "Here" in page(told(section)).split('id="stage-7"')[1]
    assert Figure("bars", "t", ()).relative is False
