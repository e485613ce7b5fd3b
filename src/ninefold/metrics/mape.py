"""Mean absolute percentage error, as a share: 0.1 is ten per cent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Mape:
    """`sklearn.metrics.mean_absolute_percentage_error`; NaN where any ``y`` is 0, of which no error is a percentage."""

    title: ClassVar[str] = "MAPE"
    solves: ClassVar[tuple[Task, ...]] = ("regression",)
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        if not np.all(y):
            return float("nan")
        return float(np.mean(np.abs((y - predictions[:, 0]) / y)))
