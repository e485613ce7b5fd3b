"""BLEU, chrF and their kin, against figures that sacreBLEU 2.6 gave for the same texts."""

from __future__ import annotations

import numpy as np
import pytest

from ninefold.core import parts
from ninefold.metrics._bleu import tokens

REFERENCES = ["a c b", "d e"]
SAID = ["a b c", "d"]


def texts(values: list[str]) -> np.ndarray:
    return np.array(values, object)


def score(name: str, references: list[str], said: list[str]) -> float:
    return float(parts.make("ninefold.metrics", name).score(texts(references), texts(said)[:, None]))


def test_figures_of_sacrebleu() -> None:
    assert score("bleu", REFERENCES, SAID) == 0.0
    assert score("chrf", REFERENCES, SAID) == pytest.approx(27.77777777777778)


def test_the_same_text_is_perfect_and_another_is_nothing() -> None:
    lines = ["The cat, 3.5 years old, sat on the mat.", "It's U.S. money: 10-20 dollars!"]
    assert score("bleu", lines, lines) == pytest.approx(100)
    assert score("chrf", lines, lines) == pytest.approx(100)
    assert score("exact_match", lines, [lines[0], "no"]) == 0.5
    assert score("bleu", lines, ["x", ""]) == score("chrf", ["abc"], [""]) == 0.0


def test_words_are_cut_as_mteval_does() -> None:
    assert tokens("He paid 3.5% (net), i.e. 10-20 &quot;x&quot;.") == (
        ["He", "paid", "3.5", "%", "(", "net", ")", ",", "i", ".", "e", ".", "10", "-", "20", '"', "x", '"', "."]
    )


def test_short_answers_are_punished() -> None:
    whole = "the quick brown fox jumps over the lazy dog"
    assert 0 < score("bleu", [whole], ["the quick brown fox jumps"]) < 60


def test_counts_of_parts_add_up_to_the_whole() -> None:
    metric = parts.make("ninefold.metrics", "bleu")
    counts = metric.counts(texts(REFERENCES * 3), texts(SAID * 3)[:, None])
    assert metric.of(counts) == score("bleu", REFERENCES * 3, SAID * 3)


def test_bits_are_nats_by_characters() -> None:
    metric = parts.make("ninefold.metrics", "bits_per_character")
    assert metric.score(np.array([2, 6]), np.array([[np.log(2) * 4], [np.log(2) * 12]])) == pytest.approx(2)
