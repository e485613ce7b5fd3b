"""R²: the share of the target's variance that the predictions account for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.loss import loss_per_row
from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class R2:
    """`sklearn.metrics.r2_score`; 0 is the mean's, below 0 is worse than the mean. NaN where ``y`` is constant.

    Of several targets the mean over those that are not constant.
    """

    title: ClassVar[str] = "R²"
    solves: ClassVar[tuple[Task, ...]] = ("regression", "multioutput", "count")
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        if y.ndim == 2:
            each = np.array([self.score(y[:, t], predictions[:, t : t + 1]) for t in range(y.shape[1])])
            return float(each[~np.isnan(each)].mean()) if not np.isnan(each).all() else float("nan")
        # compared as they are: the variance of equal numbers may be off zero by rounding
        if not len(y) or y.min() == y.max():
            return float("nan")
        return float(1 - np.sum(loss_per_row("regression", y, predictions)) / np.sum((y - np.mean(y)) ** 2))
