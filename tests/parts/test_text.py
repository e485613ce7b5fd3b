"""Texts: how words are read, what numbers they get, and the linear model of them, held against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import diags_array
from scipy.special import expit
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import normalize

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Block, Examples, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features.steps.word_ids import NOTHING, UNKNOWN
from ninefold.forms import links
from ninefold.forms.grams import Grams
from ninefold.forms.onnx import Session, block_input, compiled, form_graph
from ninefold.forms.recipe import apply_step
from ninefold.forms.tokens import WORD, read
from ninefold_runtime.safety.operators import WORDS

RNG = np.random.default_rng


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The film's good, isn't it?", "The film 's good , isn't it ?"),
        ("it’s DON’T they're I'LL", "it ’s DON’T they 're I 'LL"),
        ("'something' rock 'n' roll", "' something ' rock ' n ' roll"),
        ("snake_case 3.5 :-)", "snake_case 3 . 5 : - )"),
        ("naïve Привет हिन्दी 한국어", "naïve Привет हिन्दी 한국어"),
        ("cafe\u0301", "cafe\u0301"),
        ("日本のテレビ", "日 本 の テ レ ビ"),
        ("tab\tline\nbreak\u00a0here\x02", "tab line break here"),
        ("👍 so", "👍 so"),
        ("", ""),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert next(read(np.array([text, "other words here, to pad"], object))) == expected.split()


def test_bundles_may_hold_the_words_of_the_compiler() -> None:
    assert WORDS[0] == WORD


def test_a_word_without_end_is_read_in_no_time() -> None:
    assert [len(word) for word in next(read(np.array(["a'" * 100_000], object)))][:3] == [1, 1, 1]


def numbered(texts: list[str] | list[list[str]], **settings: object) -> tuple[FittedStep, Array]:
    values = np.array([[text] if isinstance(text, str) else text for text in texts], object)
    block = Block(values, tuple("abc"[: values.shape[1]]))
    known = Known(np.zeros(len(values)), "binary", 2)
    step = parts.make("ninefold.features.steps", "word_ids", settings).fit(block, known, rng=RNG(0))
    return step, values


TEXTS = ["The cat’s here", "a CAT don't sit", "the café DON'T sit, sit", "Cafe\u0301 42 iPhone", "", "iPhone odd"]


def test_word_ids_are_the_same_however_words_are_written() -> None:
    step, values = numbered(TEXTS)
    vocabulary = step.vocabulary
    assert set(vocabulary) == {"the", "cat", "don't", "sit", "café", "iphone"}
    ids = apply_step(step, values)
    assert ids.dtype == np.int64
    word = [["", "?", *vocabulary][i] for i in ids[2]]
    assert [w for w in word if w] == ["the", "café", "don't", "sit", "?", "sit"]
    assert (ids[4] == NOTHING).all()
    new = apply_step(step, np.array([["CAFÉ THE"], ["cafe\u0301 tHe"], ["iPhone IPHONE iPHONE"], ["日本"]], object))
    assert new[0, 0] == new[1, 0] == 2 + vocabulary.index("café")
    assert new[1, 1] == UNKNOWN, "a way of writing that nobody wrote"
    assert new[2, :3].tolist() == [2 + vocabulary.index("iphone")] * 2 + [UNKNOWN]
    assert new[3, :3].tolist() == [UNKNOWN, UNKNOWN, NOTHING]


def test_texts_of_a_row_follow_one_another_and_the_most_frequent_come_first() -> None:
    step, values = numbered([["good film", "bad end"], ["good", ""], ["", "good end"], ["", ""]])
    ids = apply_step(step, values)
    apart, good = 2, 3
    assert ids.tolist() == [[good, 1, apart, 1, 4], [good, apart, 0, 0, 0], [apart, good, 4, 0, 0], [apart, 0, 0, 0, 0]]


def test_long_texts_are_cut_and_very_few_texts_do_not_make_all_texts_long() -> None:
    texts = ["one two three"] * 400 + ["one " * 50]
    assert len(numbered(texts)[0].names) == 3
    assert len(numbered(["one " * 50] * 9, longest=20)[0].names) == 20
    step, values = numbered(["", "", ""])
    assert apply_step(step, values).tolist() == [[NOTHING]] * 3


def some_ids(rows: int = 200, width: int = 9, words: int = 12) -> Array:
    ids = RNG(3).integers(1, words, (rows, width))
    return np.where(np.arange(width) < RNG(4).integers(0, width + 1, rows)[:, None], ids, NOTHING)


def spoken(ids: Array) -> list[str]:
    return [" ".join(f"w{i}" for i in row if i) for row in ids]


def test_grams_are_those_of_scikit_learn() -> None:
    ids = some_ids()
    grams = Grams.often(ids, 3, 4, 10_000)
    theirs = CountVectorizer(token_pattern=r"\S+", ngram_range=(1, 3), min_df=4, binary=True)
    expected = theirs.fit_transform(spoken(ids)).toarray()
    ours = grams.found(ids).toarray()
    assert sorted(map(tuple, ours.T)) == sorted(map(tuple, expected.T))
    fewer = Grams.often(ids, 3, 4, 20)
    assert 10 < fewer.count <= 20
    assert fewer.found(ids).sum(axis=0).min() >= np.sort(expected.sum(axis=0))[-21]


@pytest.mark.parametrize("width", [1, 2, 9])
def test_the_graph_finds_what_python_finds(width: int) -> None:
    ids = some_ids(width=9)[:, :width]
    grams = Grams.often(ids, 3, 2, 10_000)
    x = block_input(np.int64, width)
    odd = RNG(5).integers(0, 40, (300, width))  # unknown numbers, and ends of text anywhere
    found = Session(compiled({"x": x}, {"y": grams.nodes(x, width)})).run({"x": odd})["y"]
    expected = grams.found(odd).toarray()
    for row, told in zip(found, expected, strict=True):
        assert sorted(row[row > 0]) == (1 + np.flatnonzero(told)).tolist()


def examples(ids: Array, y: Array, task: str, outputs: int) -> Examples:
    return Examples(ids, y, task, outputs, tuple(f"t[{i}]" for i in range(ids.shape[1])))


def test_naive_bayes_features_are_those_of_wang_and_manning() -> None:
    ids = some_ids(400)
    y = ((ids == 3).any(axis=1) ^ (RNG(6).random(400) < 0.2)).astype(np.int64)
    learner = parts.make("ninefold.learners", "text_linear", {"c": 2.0, "trust": 0.6})
    ours = learner.fit(examples(ids, y, "binary", 2), rng=RNG(0), clock=Clock()).predict(ids)
    counted = CountVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), min_df=2, binary=True)
    x = counted.fit_transform(spoken(ids)).astype(float)
    p, q = 1 + x[y == 1].sum(axis=0), 1 + x[y == 0].sum(axis=0)
    ratio = np.asarray(np.log((p / p.sum()) / (q / q.sum()))).ravel()
    scaled = normalize(x) @ diags_array(ratio)
    theirs = LogisticRegression(C=2.0, tol=1e-8, max_iter=2000).fit(scaled, y)
    mixed = 0.6 * theirs.coef_[0] + 0.4 * np.abs(theirs.coef_).mean()
    np.testing.assert_allclose(ours[:, 1], expit(scaled @ mixed + theirs.intercept_), atol=3e-3)


def test_tf_idf_weights_are_those_of_scikit_learn() -> None:
    ids = some_ids(400)
    y = (ids == 3).any(axis=1) * 2.0 + RNG(6).normal(size=400) + 7
    learner = parts.make("ninefold.learners", "text_linear", {"c": 2.0, "weigh": "tf_idf"})
    ours = learner.fit(examples(ids, y, "regression", 1), rng=RNG(0), clock=Clock()).predict(ids)
    counted = CountVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), min_df=2, binary=True)
    x = TfidfTransformer().fit_transform(counted.fit_transform(spoken(ids)))
    theirs = Ridge(alpha=0.5, tol=1e-10).fit(x.toarray(), y).predict(x)
    np.testing.assert_allclose(ours[:, 0], theirs, atol=0.01)


def test_long_texts_of_many_classes_are_looked_up_in_parts() -> None:
    ids = RNG(1).integers(1, 30, (120, 90))
    y = np.arange(120) % 60
    learner = parts.make("ninefold.learners", "text_linear", {"longest": 3})
    form = learner.fit(examples(ids, y, "multiclass", 61), rng=RNG(0), clock=Clock())
    said = Session(form_graph(form, 90, np.int64)).run({"x": ids})["y"]
    np.testing.assert_allclose(said, form.predict(ids), atol=1e-12)
    assert said[:, 60].max() == 0, "a class that training never met"


def test_shares_of_chances() -> None:
    odds = np.array([[0.0, 0.0], [800.0, -800.0], [-900.0, -901.0], [2.0, -1e9]])
    said = links.applied("each", odds)
    np.testing.assert_allclose(said, [[0.5, 0.5], [1, 0], [1 / (1 + np.exp(-1)), 1 / (1 + np.e)], [1, 0]], atol=1e-12)
    graph = compiled({"x": (x := block_input(np.float64, 2))}, {"y": links.nodes("each", x)})
    np.testing.assert_allclose(Session(graph).run({"x": odds})["y"], said, atol=1e-12)
