"""Readers: words as numbers, search, spans, and that a network's graph is the network."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.forms.saying import answered
from ninefold.forms.speaking import SPEAKERS, Read, Texts
from ninefold.metrics.answer_match import AnswerMatch
from ninefold.metrics.token_f1 import TokenF1
from ninefold.speakers._questions import lesson
from ninefold_runtime.language.answerer import Answerer
from ninefold_runtime.language.padding import padded
from ninefold_runtime.language.reader import Reader, best_span
from ninefold_runtime.language.search_index import LENGTH, REPEATED, Index
from ninefold_runtime.language.words import FIRST, NOWHERE, PADDING, SHAPES, Lexicon, cut
from ninefold_runtime.reading import Documents, Reading, contradictions
from ninefold_runtime.schema import Column, Schema, Target
from questions import facts

SMALL = {"passes": 8, "width": 32, "rate": 6e-3, "words": 200, "dropout": 0.0}


def fit(name: str, texts: Texts, place: Path, **settings: object) -> Read:
    part = parts.make(SPEAKERS, name, settings)
    made: Read = part.fit(texts, rng=np.random.default_rng(0), clock=Clock(600), place=place)
    return made


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NINEFOLD_THREADS", "1")
        return fit("reader", facts(400, 0), tmp_path_factory.mktemp("reader"), **SMALL)


@pytest.fixture(scope="module")
def reader(read: Read) -> Reader:
    return Reader(read.graph, read.reading)


def test_words_of_any_script_have_their_places() -> None:
    text = "Zoë's 3 cafés, 東京!"
    assert [text[a:b] for a, b in cut(text)] == ["Zoë", "'", "s", "3", "cafés", ",", "東", "京", "!"]


def test_numbers_tell_words_apart_and_case_as_shape() -> None:
    lexicon = Lexicon(["town"])
    small, large, odd, other = lexicon.numbers(["town", "Town", "Zzyx", "zzyx"])
    assert small // SHAPES == large // SHAPES == FIRST
    assert odd // SHAPES == other // SHAPES >= lexicon.size
    assert [n % SHAPES for n in (small, large, *lexicon.numbers(["1st", "!"]))] == [0, 1, 2, 3]


def test_search_is_bm25() -> None:
    texts = ["a cat sat", "a dog ran after a cat and a cat", "birds fly"]
    lengths = np.array([3, 9, 2])
    rare = math.log1p((3 - 2 + 0.5) / (2 + 0.5))
    count = np.array([1, 2, 0])
    longer = 1 - LENGTH + LENGTH * lengths / lengths.mean()
    wanted = rare * count * (REPEATED + 1) / (count + REPEATED * longer)
    index = Index(texts)
    assert index.scores("Cat?") == pytest.approx(wanted, rel=1e-6)
    assert index.best("Which cat?", 5) == np.argsort(-wanted)[:2].tolist()
    assert index.best("nothing of that", 5) == [] == Index([]).best("cat", 5)


def test_the_best_span_is_the_best_of_all() -> None:
    rng = np.random.default_rng(0)
    for length, longest in itertools.product((1, 2, 7, 12), (1, 3, 40)):
        starts, ends = rng.normal(size=(2, length)).round(1)
        pairs = [(i, j) for i in range(length) for j in range(i, min(length, i + longest))]
        first, last, worth = best_span(starts, ends, longest)
        assert (first, last) in pairs
        assert worth == pytest.approx(max(starts[i] + ends[j] for i, j in pairs))


def test_answers_are_compared_as_squad_does() -> None:
    truth = np.array(["The Eiffel Tower", "in the year 1889", "", "", "Paris"], object)
    said = np.array([["eiffel  tower!"], ["1889"], [""], ["Paris"], [""]], object)
    assert AnswerMatch().counts(truth, said)[:, 0].tolist() == [1, 0, 1, 0, 0]
    assert TokenF1().counts(truth, said)[:, 0] == pytest.approx([1, 2 * 1 / (3 + 1), 1, 0, 0])
    assert TokenF1().score(truth, said) == pytest.approx(2.5 / 5)


def test_lessons_show_where_the_answer_is_or_that_there_is_none() -> None:
    long = " ".join(f"w{i}" for i in range(100))
    texts = Texts("question-answering", ["which?"] * 3, ["w70 w71", "", "Not there"], passages=[long, long, long])
    reading = Reading(words=("w70",), passage=20)
    made = lesson(texts, reading, 0.0, np.random.default_rng(0), Clock(9))
    assert made.passage.shape == (2, 21)  # what is not there cannot be learned
    first, last = (np.flatnonzero(made.ends[0, :, side]) for side in range(2))
    wanted = Lexicon(reading.words).numbers(["w70", "w71"])
    assert [made.passage[0, first[0]], made.passage[0, last[0]]] == wanted
    assert np.argwhere(made.ends[1]).tolist() == [[0, 0], [0, 1]]


def test_passages_without_the_answer_are_shown_as_such() -> None:
    texts = facts(40, 3)
    reading = Reading(words=())
    once, twice = (lesson(texts, reading, share, np.random.default_rng(0), Clock(9)) for share in (0.0, 1.0))
    added = twice.ends[len(once.ends) :]
    assert not once.ends[:, 0].any()
    assert 37 <= len(added) <= 40  # now and then chance brings the passage that has it
    assert added[:, 0].all() and not added[:, 1:].any()


def test_the_reader_finds_names_that_it_never_met(read: Read, reader: Reader, tmp_path: Path) -> None:
    new = facts(80, 1)
    overlap = fit("word_overlap", facts(400, 0), tmp_path)
    truth = np.array(new.targets, object)

    def worth(each: Reader) -> float:
        said = [each.text for each in answered(each, new.sources, new.passages)]
        return TokenF1().score(truth, np.array([*said, None], object)[:-1, None])

    ours, theirs = worth(reader), worth(Reader(overlap.graph, overlap.reading))
    assert ours > 0.85
    assert 0.1 < theirs < ours - 0.3
    assert read.difference < 1e-4


def test_the_reader_says_so_where_there_is_no_answer(reader: Reader) -> None:
    new = facts(60, 2)
    said = answered(reader, new.sources, [*new.passages[30:], *new.passages[:30]])
    assert np.mean([each.text == "" and each.start == -1 for each in said]) > 0.85
    assert answered(reader, ["Where?", ""], ["", "Somewhere."])[0].text == ""


def test_padding_changes_no_answer(reader: Reader) -> None:
    new = facts(4, 5)
    question = [reader.lexicon.numbers(text.split()) for text in new.sources]
    passage = [[SHAPES * NOWHERE, *reader.lexicon.numbers(text.split())] for text in new.passages]
    alone = reader.told(padded(question[:1]), padded(passage[:1]))
    wide = [
        np.pad(padded(each[:1]), ((0, 0), (0, more)), constant_values=PADDING)
        for each, more in ((question, 3), (passage, 11))
    ]
    for a, b in zip(alone, reader.told(*wide), strict=True):
        assert np.abs(a - b[:, : a.shape[1]]).max() < 1e-5
        assert (b[:, a.shape[1] :] < -1e6).all()
    together = reader.told(padded(question), padded(passage))
    for a, b in zip(alone, together, strict=True):
        assert np.abs(a[0] - b[0, : a.shape[1]]).max() < 1e-5


def test_a_long_passage_is_read_in_windows(read: Read) -> None:
    narrow = Reader(read.graph, replace(read.reading, passage=48))
    new = facts(20, 7)
    filler = "Nobody knows what happened there and nothing more was ever told of it. " * 12
    said = answered(narrow, new.sources, [f"{filler}{passage} {filler}" for passage in new.passages])
    right = [a.text == b for a, b in zip(said, new.targets, strict=True)]
    assert np.mean(right) > 0.5
    place = right.index(True)
    assert said[place].passage[said[place].start : said[place].end] == new.targets[place]


def test_how_likely_an_answer_is_can_be_asked_of_any_question(read: Read, reader: Reader) -> None:
    """That of the answer that was found is its score: in one window, in one of several, and of none at all."""
    new = facts(12, 7)
    long = [f"{'Nobody knows what happened there. ' * 20}{passage}" for passage in new.passages]
    strange = [*new.passages[6:], *new.passages[:6]]
    for each, passages in ((reader, new.passages), (Reader(read.graph, replace(read.reading, passage=48)), long)):
        for shown in (passages, strange):
            for question, said in zip(new.sources, answered(each, new.sources, shown), strict=True):
                log = each.logs([question, "Who?"], said.passage, said.start, said.end)
                assert math.exp(log[0]) == pytest.approx(said.score, rel=1e-5)
    assert reader.logs([new.sources[0]], new.passages[0], 1, 2).tolist() == [-math.inf], "no word ends there"
    assert reader.logs(["Where?"], "", -1, -1).tolist() == [0.0]


def test_documents_are_searched_where_there_is_no_passage(reader: Reader) -> None:
    new = facts(40, 8)
    texts = tuple(dict.fromkeys(new.passages))
    documents = Documents(names=tuple(f"d{i}" for i in range(len(texts))), texts=texts)
    columns = tuple(Column(name=name, kind="text") for name in ("question", "passage"))
    schema = Schema(columns=columns, target=Target(name="answer", task="question-answering"))
    model = Answerer(reader, schema, documents)
    made = model.predict({"question": new.sources})
    assert np.mean([a == b for a, b in zip(made.predictions, new.targets, strict=True)]) > 0.7
    names = [documents.names[texts.index(passage)] for passage in new.passages]
    assert np.mean([a == b for a, b in zip(made.more["document"], names, strict=True)]) > 0.8
    held = dict(zip(documents.names, texts, strict=True))
    for name, text, start, end in zip(
        made.more["document"], made.predictions, made.more["start"], made.more["end"], strict=True
    ):
        assert not text or held[name][start:end] == text
    one = model.predict_one({"question": new.sources[0]})
    assert (one.prediction, one.more["document"]) == (made.predictions[0], made.more["document"][0])
    assert len(model.predict({"question": []})) == 0


def test_a_network_is_its_graph_on_odd_questions(tmp_path: Path) -> None:
    import torch

    from ninefold.networks.reading.graph import reader_graph
    from ninefold.networks.reading.network import ReadingNetwork
    from ninefold.networks.reading.shape import Shape

    torch.manual_seed(0)
    network = ReadingNetwork(Shape(6, 32, 2, 2)).eval()
    graph = Reader(reader_graph(network.shape, network.weights()), Reading(words=("a", "b", "c", "d")))
    question = padded([[8, 9, 4 * 10**9], [PADDING]])
    passage = padded([[SHAPES * NOWHERE, 4 * 10**9 + 1, 8, 23, 9], [SHAPES * NOWHERE]])
    python = network.log_probabilities(torch.from_numpy(question), torch.from_numpy(passage)).numpy()
    for side, told in enumerate(graph.told(question, passage)):
        assert np.abs(python[..., side] - told)[passage != PADDING].max() < 1e-5


@pytest.mark.parametrize(
    ("reading", "documents", "why"),
    [
        (Reading(words=("a", "a")), None, "the same"),
        (Reading(words=("",)), None, "without letters"),
        (Reading(words=("a",), answer=0), None, "lengths"),
        (Reading(words=("a",), read=21), None, "number of passages"),
        (None, Documents(names=("x",), texts=("y",)), "nobody reads"),
        (Reading(words=("a",)), Documents(names=("x",), texts=()), "without a name"),
    ],
)
def test_files_that_cannot_be_of_one_bundle_are_refused(reading: Reading, documents: Documents, why: str) -> None:
    assert any(why in each for each in contradictions(reading, documents))
    assert not list(contradictions(Reading(words=("a",)), Documents(names=("x",), texts=("y",))))
