"""Recall: how many rows of a class are decided as it, TP / (TP + FN)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.table import Array
from ninefold.metrics._labels import averaged, counted
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Recall:
    """`sklearn.metrics.recall_score`, macro with more than two classes.

    NaN where the positive class is not in ``y``.
    """

    title: ClassVar[str] = "recall"
    solves: ClassVar[tuple[Task, ...]] = ("binary", "multiclass")
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        counts = counted(y, predictions, labels)
        rows = counts.sum(axis=1)
        if len(counts) == 2 and not rows[1]:
            return float("nan")
        return averaged(counts.diagonal(), rows, counts)
