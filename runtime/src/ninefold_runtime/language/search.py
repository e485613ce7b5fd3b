"""Beam search: of all answers the graph could give, one that it finds likely.

A step tells, for each beginning, the log-probability of every next token. The ``beams`` likeliest beginnings are kept;
one that ends becomes an answer, and answers are compared by their log-probability divided by their length to the power
``penalty`` (Wu et al. 2016 divide by a similar power), as longer answers are less likely whatever they say. With one
beam it is greedy search.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.tokenizer import BEGIN, END, PADDING

Array = NDArray[Any]
_NEVER = (PADDING, BEGIN)


class Step(Protocol):
    """The graph, as the search sees it."""

    def next(self, tokens: Array, parents: Array, rows: Array) -> Array:
        """[M, V] log-probabilities of what follows.

        ``tokens`` [M] are the last ones of M beginnings; ``parents`` [M] says which beginning of the call before each
        continues, and ``rows`` [M] which source it is of.
        """
        ...


@dataclass(frozen=True)
class Said:
    """An answer: its tokens without the end, and the sum of their log-probabilities, the end's included."""

    tokens: tuple[int, ...]
    score: float

    @property
    def mean(self) -> float:
        """The log-probability of a token of it."""
        return self.score / (len(self.tokens) + 1)


@dataclass
class _Row:
    """One source and the answers found so far, each with what it is compared by."""

    answers: list[tuple[float, Said]] = field(default_factory=list)

    def best(self) -> Said:
        return max(self.answers, key=lambda each: each[0])[1]


def beam_search(step: Step, longest: Array, *, beams: int, penalty: float) -> list[Said]:
    """The best answer found for each of N sources; ``longest`` [N] tokens are allowed for each."""
    found = [_Row() for _ in longest]
    rows, beginnings = np.arange(len(longest)), np.full((len(longest), 1), BEGIN, np.int64)
    scores, parents = np.zeros(len(longest)), np.arange(len(longest))
    while len(rows):
        told = np.array(step.next(beginnings[:, -1], parents, rows))
        told[:, list(_NEVER)] = -np.inf
        kept = _continued(scores, told, rows, beams)
        length = beginnings.shape[1]
        alive = []
        for row, place, token, score, rank in kept:
            words = tuple(beginnings[place, 1:].tolist())
            if token == END:
                if rank < beams:
                    found[row].answers.append((score / length**penalty, Said(words, score)))
            elif length >= longest[row]:
                found[row].answers.append((score / (length + 1) ** penalty, Said((*words, token), score)))
            else:
                alive.append((row, place, token, score))
        alive = _few(alive, found, beams)
        rows = np.array([each[0] for each in alive], np.int64)
        parents = np.array([each[1] for each in alive], np.int64)
        last = np.array([each[2] for each in alive], np.int64)
        scores = np.array([each[3] for each in alive])
        beginnings = np.column_stack([beginnings[parents], last]) if len(alive) else beginnings[:0]
    return [row.best() for row in found]


def _continued(scores: Array, told: Array, rows: Array, beams: int) -> list[tuple[int, int, int, float, int]]:
    """(row, beginning, token, score, rank) of the likeliest continuations of each row, twice as many as beams: at most
    half of them end. They are among as many of each beginning."""
    tokens = _likeliest(told, 2 * beams)
    totals = scores[:, None] + np.take_along_axis(told, tokens, axis=1)
    kept = []
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    for start, stop in zip(starts, [*starts[1:], len(rows)], strict=True):
        flat, said = totals[start:stop].ravel(), tokens[start:stop].ravel()
        most = min(2 * beams, int(np.isfinite(flat).sum()))
        beginning = start + np.arange(len(flat)) // tokens.shape[1]
        for rank, place in enumerate(np.lexsort((said, beginning, -flat))[:most].tolist()):
            kept.append((int(rows[start]), int(beginning[place]), int(said[place]), float(flat[place]), rank))
    return kept


def _likeliest(told: Array, most: int) -> Array:
    """[M, most]: the likeliest tokens after each beginning, in any order."""
    if most >= told.shape[1]:
        return np.tile(np.arange(told.shape[1]), (len(told), 1))
    return np.argpartition(told, -most, axis=1)[:, -most:]


def _few(alive: list[tuple[int, int, int, float]], found: list[_Row], beams: int) -> list[tuple[int, int, int, float]]:
    """At most so many for each row, and none of a row that has as many answers."""
    taken: dict[int, int] = {}
    kept = []
    for each in alive:
        row = each[0]
        if len(found[row].answers) < beams and taken.get(row, 0) < beams:
            taken[row] = taken.get(row, 0) + 1
            kept.append(each)
    return kept
