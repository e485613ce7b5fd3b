"""Median absolute error, in the unit of the target: half of the rows are closer than this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class MedianAbsoluteError:
    """`sklearn.metrics.median_absolute_error`. Blind to outliers."""

    title: ClassVar[str] = "median absolute error"
    solves: ClassVar[tuple[Task, ...]] = ("regression", "count")
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return float(np.median(np.abs(y - predictions[:, 0])))
