"""Rank correlation: whether two ways of scoring put rows in the same order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._ranking import ranks
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's rho: the correlation of ranks, ties sharing theirs; 1 the same order, 0 unrelated, -1 reversed.

    ``y`` are the scores to compare with; NaN where either side is the same throughout.
    """

    title: ClassVar[str] = "rank correlation"
    solves: ClassVar[tuple[Task, ...]] = ("anomaly",)
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        first, second = ranks(y), ranks(predictions[:, 0])
        if np.ptp(first) == 0 or np.ptp(second) == 0:
            return float("nan")
        return float(np.corrcoef(first, second)[0, 1])
