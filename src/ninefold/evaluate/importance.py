"""Permutation importance of raw columns through the graph (Breiman 2001; Fisher, Rudin and Dominici 2019).

A column's values are shuffled among the sealed rows, which breaks its tie to the target and leaves its distribution
as it is; the graph answers again, and the score drops by what the model owes to that column. Columns that say the
same stand in for each other, so each of them alone drops little: groups of them are shuffled together as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ninefold.core.behaviour import Together
from ninefold.core.clock import Clock
from ninefold.core.problem import Problem
from ninefold.core.protocols import Metric
from ninefold.core.results import Importance
from ninefold.core.table import Array, Rows
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import FEWEST, NORMAL, Resampling
from ninefold.evaluate.answers import Graph, ask

ROWS, FEWEST_ROWS, REPEATS = 2_000, 100, 5
MOST_WORK = 1_000_000
"""Rows that the graph is asked about in all, where no clock bounds it."""
Unit = tuple[str, ...]
"""Columns that are shuffled together: one, or a group."""


@dataclass(frozen=True)
class Shuffling:
    """The rows to shuffle, as asked of the graph, and what their shuffled answers are measured by."""

    graph: Graph
    rows: Rows
    problem: Problem
    metric: Metric
    how: Resampling

    def answers(self, columns: Mapping[str, Array]) -> Answers:
        return ask(self.graph, columns, self.rows.target, self.problem)

    def without(self, names: Unit, rng: np.random.Generator) -> Answers:
        """The answers when the values of some columns are shuffled, those of a row staying together."""
        columns, order = self.rows.columns, rng.permutation(len(self.rows))
        return self.answers({**columns, **{name: columns[name][order] for name in names}})


def importances(
    shuffling: Shuffling,
    units: Sequence[Unit],
    rng: np.random.Generator,
    clock: Clock,
    progress: Callable[[float], None],
) -> dict[Unit, Importance]:
    """Every unit's drop with its interval, largest first; empty when time does not allow one round over them all."""
    rows = _affordable(shuffling, len(units), rng, clock)
    if rows < min(FEWEST_ROWS, len(shuffling.rows)):
        return {}
    sample = _sampled(shuffling, rows, rng)
    intact = sample.answers(sample.rows.columns)
    indexes = [np.arange(rows), *(sample.how.draw(rng) for _ in range(FEWEST))]
    whole = _scores(sample.metric, intact, indexes)
    rounds: list[list[Array]] = []
    for _ in _rounds(rows * len(units), clock):
        drops = []
        for place, unit in enumerate(units):
            drops.append(whole - _scores(sample.metric, sample.without(unit, rng), indexes))
            progress((len(rounds) + (place + 1) / len(units)) / REPEATS)
        rounds.append(drops)
    found = {
        unit: _importance(unit, np.array(each)) for unit, each in zip(units, zip(*rounds, strict=True), strict=True)
    }
    return dict(sorted(found.items(), key=lambda pair: -pair[1].drop))


def alone(found: Mapping[Unit, Importance]) -> tuple[Importance, ...]:
    """The single columns."""
    return tuple(importance for unit, importance in found.items() if len(unit) == 1)


def together(found: Mapping[Unit, Importance]) -> tuple[Together, ...]:
    """The groups, each beside the column of it that matters most by itself."""
    told = []
    for unit, whole in found.items():
        if len(unit) > 1:
            best = max((found[name,] for name in unit), key=lambda single: single.drop)
            told.append(Together(unit, whole.drop, whole.low, whole.high, best.drop, best.high))
    return tuple(told)


def _rounds(work: int, clock: Clock) -> Iterator[int]:
    """Rounds over all columns: at least one, and a further one only if it will end in time."""
    last = time.monotonic()
    took = 0.0
    for number in range(min(REPEATS, max(MOST_WORK // max(work, 1), 1))):
        if number and clock.left < took:
            return
        yield number
        took, last = time.monotonic() - last, time.monotonic()


def _affordable(shuffling: Shuffling, columns: int, rng: np.random.Generator, clock: Clock) -> int:
    """Rows with which one round over all columns fits into half of the time, by the pace of a first small batch."""
    most = min(ROWS, len(shuffling.rows), max(MOST_WORK // max(columns, 1), FEWEST_ROWS))
    if clock.left == float("inf") or not columns:
        return most
    probe = _sampled(shuffling, min(200, most), rng)
    started = time.monotonic()
    answers = probe.answers(probe.rows.columns)
    _scores(probe.metric, answers, [np.arange(len(answers))] * FEWEST)
    pace = (time.monotonic() - started) / len(answers)
    return min(most, int(max(clock.left, 0) / 2 / columns / pace))


def _sampled(shuffling: Shuffling, rows: int, rng: np.random.Generator) -> Shuffling:
    """The same on a random part of the rows, in their order."""
    kept = np.sort(rng.choice(len(shuffling.rows), size=rows, replace=False))
    how = shuffling.how.within(kept)
    return Shuffling(shuffling.graph, shuffling.rows.take(kept), shuffling.problem, shuffling.metric, how)


def _scores(metric: Metric, answers: Answers, indexes: list[Array]) -> Array:
    """The score of these answers on each index, [len(indexes)], as higher is better."""
    sign = 1 if metric.higher_is_better else -1
    return np.array([sign * answers.take(index).score(metric) for index in indexes])


def _importance(unit: Unit, drops: Array) -> Importance:
    """``drops`` [rounds, 1 + B]: rounds and resampled rows both vary, so the interval covers both."""
    value = float(drops[:, 0].mean())
    of_rows = np.nanvar(drops[:, 1:].mean(axis=0), ddof=1)
    of_rounds = drops[:, 0].var(ddof=1) / len(drops) if len(drops) > 1 else 0.0
    half = NORMAL * float(np.sqrt(of_rows + of_rounds))
    return Importance(", ".join(unit), value, value - half, value + half)
