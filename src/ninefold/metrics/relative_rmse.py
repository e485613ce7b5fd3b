"""Relative RMSE: the root mean squared error over the target's standard deviation, averaged over the targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class RelativeRmse:
    """The average relative root mean squared error of multi-output regression (Borchani and others 2015): 1 is what
    the mean of each target scores. Constant targets are left out, NaN where all are."""

    title: ClassVar[str] = "relative RMSE"
    solves: ClassVar[tuple[Task, ...]] = ("multioutput",)
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        if not len(y):
            return float("nan")
        spread, varies = y.std(axis=0), y.min(axis=0) < y.max(axis=0)
        errors = np.sqrt(np.mean((y - predictions) ** 2, axis=0))
        return float(np.mean(errors[varies] / spread[varies])) if varies.any() else float("nan")
