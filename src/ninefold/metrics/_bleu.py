"""Counts that BLEU and chrF are made of: additive over sentences, so that resamples need no texts."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from ninefold.core.table import Array

WORDS, CHARACTERS = 4, 6
"""The longest n-grams of words for BLEU, of characters for chrF."""
_MARKS = re.compile(r"([\{-\~\[-\` -\&\(-\+\:-\@\/])")
_BEFORE, _AFTER, _DASH = re.compile(r"([^0-9])([\.,])"), re.compile(r"([\.,])([^0-9])"), re.compile(r"([0-9])(-)")
_ENTITIES = {"&quot;": '"', "&amp;": "&", "&lt;": "<", "&gt;": ">"}


def tokens(text: str) -> list[str]:
    """The words and marks of a text as mteval-v13a cuts them, the usual way of BLEU (Post 2018)."""
    text = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    for entity, mark in _ENTITIES.items():
        text = text.replace(entity, mark)
    text = _MARKS.sub(r" \1 ", f" {text} ")
    text = _DASH.sub(r"\1 \2 ", _AFTER.sub(r" \1 \2", _BEFORE.sub(r"\1 \2 ", text)))
    return text.split()


def bleu_counts(reference: str, said: str) -> list[int]:
    """Lengths of what was said and of the reference, then for n = 1 … 4 the n-grams of both, and those said."""
    ours, theirs = tokens(said), tokens(reference)
    return [len(ours), len(theirs), *_matched(ours, theirs, WORDS)]


def chrf_counts(reference: str, said: str) -> list[int]:
    """For n = 1 … 6 the n-grams of characters in both, those said and those of the reference; no white space."""
    ours, theirs = "".join(said.split()), "".join(reference.split())
    out = []
    for n in range(1, CHARACTERS + 1):
        a, b = _grams(ours, n), _grams(theirs, n)
        out += [(a & b).total(), a.total() if b else 0, b.total()]
    return out


def _matched(ours: list[str], theirs: list[str], most: int) -> list[int]:
    out = []
    for n in range(1, most + 1):
        a = _grams(ours, n)
        out += [(a & _grams(theirs, n)).total(), a.total()]
    return out


def _grams(sequence: list[str] | str, n: int) -> Counter[object]:
    parts = (sequence[i : i + n] for i in range(len(sequence) - n + 1))
    return Counter(part if isinstance(part, str) else tuple(part) for part in parts)


def bleu(counts: Array) -> float:
    """From 0 to 100, of counts added up over sentences; an n of which nothing matches counts as half a match, a quarter
    and so on (the smoothing ``exp`` of sacreBLEU)."""
    said, wanted, matched, total = counts[0], counts[1], counts[2::2], counts[3::2]
    if not said or not matched.any():
        return 0.0
    logs, halves = 0.0, 1.0
    for found, of in zip(matched, total, strict=True):
        if not of:
            return 0.0
        if not found:
            halves *= 2
        logs += np.log((found if found else 1 / halves) / of)
    brevity = min(0.0, 1 - wanted / said)
    return float(100 * np.exp(brevity + logs / len(total)))


def chrf(counts: Array, beta: float = 2.0) -> float:
    """From 0 to 100: the F score of character n-grams, recall weighing ``beta`` times (Popović 2015); the mean over the
    n that either side has."""
    found, said, wanted = counts[0::3], counts[1::3], counts[2::3]
    there = (said > 0) & (wanted > 0)
    if not there.any():
        return 0.0
    precision, recall = (float(np.mean(found[there] / of[there])) for of in (said, wanted))
    weight = beta**2
    return 0.0 if precision + recall == 0 else 100 * (1 + weight) * precision * recall / (weight * precision + recall)
