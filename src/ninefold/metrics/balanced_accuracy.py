"""Balanced accuracy: recall averaged over the classes, so that every class counts the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._labels import counted
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class BalancedAccuracy:
    """`sklearn.metrics.balanced_accuracy_score`; absent classes are left out, NaN if fewer than two occur."""

    title: ClassVar[str] = "balanced accuracy"
    solves: ClassVar[tuple[Task, ...]] = ("binary", "multiclass", "ordinal")
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        counts = counted(y, predictions, labels)
        rows = counts.sum(axis=1)
        met = rows > 0
        return float(np.mean(counts.diagonal()[met] / rows[met])) if met.sum() > 1 else float("nan")
