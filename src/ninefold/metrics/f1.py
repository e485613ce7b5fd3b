"""F1: the harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.table import Array
from ninefold.metrics._labels import averaged, counted
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class F1:
    """`sklearn.metrics.f1_score`, macro with more than two classes.

    NaN where the positive class is neither met in ``y`` nor decided.
    """

    title: ClassVar[str] = "F1"
    solves: ClassVar[tuple[Task, ...]] = ("binary", "multiclass")
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        counts = counted(y, predictions, labels)
        return averaged(2 * counts.diagonal(), counts.sum(axis=0) + counts.sum(axis=1), counts)
