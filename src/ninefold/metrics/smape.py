"""Symmetric mean absolute percentage error, 0 to 2: the error over the mean size of value and prediction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Smape:
    """Makridakis (1993): mean of 2 |y - p| / (|y| + |p|), where 0 predicted as 0 is no error."""

    title: ClassVar[str] = "sMAPE"
    solves: ClassVar[tuple[Task, ...]] = ("regression",)
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        predicted = predictions[:, 0]
        size = np.abs(y) + np.abs(predicted)
        return float(np.mean(2 * np.abs(y - predicted) / np.where(size > 0, size, 1)))
