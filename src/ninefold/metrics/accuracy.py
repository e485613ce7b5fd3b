"""Accuracy: the share of rows decided rightly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._labels import decided
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Accuracy:
    """`sklearn.metrics.accuracy_score`. Says little where one class is rare: never guessing it scores high."""

    title: ClassVar[str] = "accuracy"
    solves: ClassVar[tuple[Task, ...]] = ("binary", "multiclass", "ordinal")
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return float(np.mean(decided(predictions, labels) == y))
