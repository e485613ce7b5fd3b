"""Precision: how many of the rows decided as a class belong to it, TP / (TP + FP)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.table import Array
from ninefold.metrics._labels import averaged, counted
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Precision:
    """`sklearn.metrics.precision_score`, macro with more than two classes; a class never decided counts 0.

    NaN where the positive class is neither met in ``y`` nor decided.
    """

    title: ClassVar[str] = "precision"
    solves: ClassVar[tuple[Task, ...]] = ("binary", "multiclass")
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        counts = counted(y, predictions, labels)
        return averaged(counts.diagonal(), counts.sum(axis=0), counts)
