"""Matthews correlation coefficient: the correlation of decided with true classes, -1 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._labels import counted
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Mcc:
    """`sklearn.metrics.matthews_corrcoef`, with Gorodkin's (2004) form for more than two classes.

    0 where all rows are decided alike; NaN where ``y`` holds one class.
    """

    title: ClassVar[str] = "Matthews correlation"
    solves: ClassVar[tuple[Task, ...]] = ("binary", "multiclass")
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        counts = counted(y, predictions, labels).astype(np.float64)
        true, made, rows = counts.sum(axis=1), counts.sum(axis=0), counts.sum()
        spread_true, spread_made = rows**2 - true @ true, rows**2 - made @ made
        if spread_true == 0:
            return float("nan")
        covariance = counts.trace() * rows - true @ made
        return float(covariance / np.sqrt(spread_true * spread_made)) if spread_made else 0.0
