"""Mean absolute error, in the unit of the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Mae:
    """`sklearn.metrics.mean_absolute_error`."""

    title: ClassVar[str] = "MAE"
    solves: ClassVar[tuple[Task, ...]] = ("regression", "count")
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return float(np.mean(np.abs(y - predictions[:, 0])))
