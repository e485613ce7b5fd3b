"""Scores of scores: of anomalies against the truth where one was named, and of the detectors against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Metric
from ninefold.core.results import Score
from ninefold.core.table import Array
from ninefold.diagnosis.intervals import MOST, Index, Resampling, resampled
from ninefold.forms.blend import blended, evenly

AGREEMENT = "rank_correlation"
OF_TRUTH = ("roc_auc", "average_precision")
MANY, FEW_RESAMPLES = 5_000, 100
"""Above so many rows ranking takes its time, and one resample is like another."""


@dataclass(frozen=True, eq=False)
class Ranked:
    """Rows by falling score. ``chances`` [N, 2]: 1 - score and score; ``strange`` [N]: 1 for anomalies, 0 for others,
    -1 unknown; ``members`` [N, 1] by trial: each detector's own scores."""

    chances: Array
    strange: Array
    members: Mapping[int, Array]

    @property
    def has_truth(self) -> bool:
        """Both kinds of rows are among those whose truth is known."""
        return {0, 1} <= set(self.strange.tolist())

    def measured(self, index: Index) -> NDArray[np.float64]:
        """The value of each metric on some rows, rising positions."""
        known = index[self.strange[index] >= 0]
        names = OF_TRUTH if self.has_truth else ()
        truth = [_metric(name).score(self.strange[known], self.chances[known]) for name in names]
        return np.array([*truth, self._agreement(index)])

    def _agreement(self, index: Index) -> float:
        """Mean rank correlation of each detector's scores with the mean of the others'; of a single one, 1."""
        if len(self.members) < 2:
            return 1.0
        values = {trial: member[index] for trial, member in self.members.items()}
        metric = _metric(AGREEMENT)
        others = {i: blended(values, evenly([j for j in values if j != i]))[:, 0] for i in values}
        return float(np.mean([metric.score(others[i], values[i]) for i in values]))


class Measured(NamedTuple):
    """The scores, those against the truth first, and how often rows were drawn anew."""

    scores: tuple[Score, ...]
    resamples: int


def measured(rows: Ranked, how: Resampling, rng: np.random.Generator, clock: Clock) -> Measured:
    """Every score with its interval by bootstrap."""
    names = (*(OF_TRUTH if rows.has_truth else ()), AGREEMENT)
    base = {"roc_auc": 0.5, "average_precision": float((rows.strange == 1).sum() / max(1, (rows.strange >= 0).sum()))}
    values = rows.measured(np.arange(len(rows.strange)))
    samples = resampled(rows.measured, how, rng, clock, MOST if len(rows.strange) <= MANY else FEW_RESAMPLES)
    found = []
    for place, name in enumerate(names):
        metric, value = _metric(name), float(values[place])
        low, high = how.interval(value, samples[:, place])
        found.append(Score(name, metric.title, value, low, high, metric.higher_is_better, base.get(name)))
    return Measured(tuple(found), len(samples))


def _metric(name: str) -> Metric:
    made: Metric = parts.make("ninefold.metrics", name)
    return made
