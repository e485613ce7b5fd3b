"""Scores of what was said of texts, by counts of each row, which resamples add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from ninefold.core import parts
from ninefold.core.problem import Problem
from ninefold.core.results import Leaderboard, Score, Verdict
from ninefold.core.scoring import PACKAGE
from ninefold.core.table import Array
from ninefold.evaluate.written import number


class Counting(Protocol):
    """A metric of texts, made of counts [N, K] that add up over rows."""

    def counts(self, y: Array, predictions: Array) -> Array: ...

    def of(self, counts: Array) -> float: ...


def metrics_of(problem: Problem) -> list[str]:
    """All of the task, the headline first."""
    names = dict.fromkeys((problem.metric, *parts.names(PACKAGE)))
    return [name for name in names if problem.task in parts.find(PACKAGE, name).solves]


def score(name: str, truth: Array, ours: Array, theirs: Array, draws: Sequence[Array]) -> Score:
    """What ours [N, 1] is worth, its interval, and what theirs is."""
    metric = parts.make(PACKAGE, name)
    counts, base = (metric.counts(truth, said) for said in (ours, theirs))
    value = metric.of(counts)
    low, high = np.quantile([metric.of(counts[draw]) for draw in draws], (0.025, 0.975))
    return Score(
        name,
        metric.title,
        value,
        min(float(low), value),
        max(float(high), value),
        metric.higher_is_better,
        metric.of(base),
    )


def verdict(board: Leaderboard, headline: Score) -> Verdict:
    base = headline.baseline or 0.0
    better = headline.low > base if headline.higher_is_better else headline.high < base
    sentence = (
        f"{headline.title} {number(board.ensemble_score)} on rows held back, {number(headline.value)} on sealed rows; "
        f"the baseline has {number(base)} there."
    )
    return Verdict("good" if better else "underfit", sentence, None, board.ensemble_score, headline.value, base)
