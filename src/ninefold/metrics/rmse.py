"""Root mean squared error, in the unit of the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.loss import loss
from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Rmse:
    """`sklearn.metrics.root_mean_squared_error`. Large errors weigh most."""

    title: ClassVar[str] = "RMSE"
    solves: ClassVar[tuple[Task, ...]] = ("regression", "count")
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return float(np.sqrt(loss("regression", y, predictions)))
