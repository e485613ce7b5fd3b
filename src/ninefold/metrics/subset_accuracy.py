"""Subset accuracy: the share of rows of which every label is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._labels import decided_each
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class SubsetAccuracy:
    """`sklearn.metrics.accuracy_score` of label matrices."""

    title: ClassVar[str] = "subset accuracy"
    solves: ClassVar[tuple[Task, ...]] = ("multilabel",)
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return float(np.mean((decided_each(predictions, labels) == y).all(axis=1)))
