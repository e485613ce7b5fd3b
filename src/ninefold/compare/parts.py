"""Parts of the rows where the challenger loses more than the champion, beyond chance.

Each part of each column, as `diagnosis.slices` cuts them, is asked one question: do its rows lose more with B? Losses
of the same row are subtracted first. Holm's correction is over all parts that were asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ninefold.core.clock import Clock
from ninefold.core.comparison import WorsePart
from ninefold.core.loss import loss_per_row
from ninefold.core.protocols import Metric
from ninefold.core.table import Array
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Resampling, mean_and_error
from ninefold.diagnosis.slices import FEWEST_ROWS, Mask, parts_of
from ninefold.metrics._costs import ExpectedCost, ExpectedGain
from ninefold_runtime.pvalues import holm, normal_below
from ninefold_runtime.schema import Column, Target

RISK = 0.05
SHOWN = 10
MOST_COLUMNS = 50


@dataclass(frozen=True)
class Duel:
    """Both answers to the same rows, how those are drawn, and what decides."""

    a: Answers
    b: Answers
    how: Resampling
    metric: Metric
    target: Target

    def extra(self) -> NDArray[np.float64]:
        """What B loses more than A on each row, [N]: costs or mistakes where decisions are measured, else the smooth
        loss."""
        return self._loss(self.b) - self._loss(self.a)

    def _loss(self, answers: Answers) -> NDArray[np.float64]:
        if isinstance(self.metric, (ExpectedCost, ExpectedGain)) and answers.labels is not None:
            return ExpectedCost(self.metric.costs).per_row(answers.y, answers.labels)
        if self.metric.needs_labels and answers.labels is not None:
            return np.asarray((answers.labels != answers.y).reshape(len(answers), -1).mean(axis=1))
        return loss_per_row(self.target.task, answers.y, answers.predictions, self.target.levels)


def worse_parts(duel: Duel, columns: Iterable[tuple[Column, Array]], clock: Clock) -> tuple[tuple[WorsePart, ...], int]:
    """The parts, least probable first, and how many were looked at."""
    extra, asked, chances = duel.extra(), list[tuple[str, Mask]](), list[float]()
    for name, mask in _candidates(columns):
        if clock.left <= 0:
            break
        if mask.sum() >= FEWEST_ROWS:
            asked.append((name, mask))
            chances.append(_chance(extra[mask], duel.how.codes[mask]))
    found = sorted(zip(holm(chances), asked, strict=True), key=lambda each: each[0])
    return tuple(_part(duel, *each, p) for p, each in found[:SHOWN] if p <= RISK), len(asked)


def _candidates(columns: Iterable[tuple[Column, Array]]) -> Iterator[tuple[str, Mask]]:
    for column, values in columns:
        yield from ((f"{column.name} {part}", mask) for part, mask in parts_of(column, values, values))


def _chance(extra: NDArray[np.float64], units: Array) -> float:
    """One-sided p-value of "these rows lose no more with B"."""
    mean, error = mean_and_error(extra, units)
    return normal_below(mean / error) if error > 0 else float(mean <= 0)


def _part(duel: Duel, name: str, mask: Mask, p: float) -> WorsePart:
    of_a, of_b = (side.take(mask).score(duel.metric) for side in (duel.a, duel.b))
    rows = int(mask.sum())
    return WorsePart(name, rows, rows / len(mask), of_a, of_b, p)
