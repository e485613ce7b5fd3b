"""Mean absolute error of the rank: by how many classes decisions miss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._labels import decided_rank
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class RankMae:
    """`sklearn.metrics.mean_absolute_error` of class codes."""

    title: ClassVar[str] = "MAE of rank"
    solves: ClassVar[tuple[Task, ...]] = ("ordinal",)
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return float(np.mean(np.abs(y - decided_rank(predictions, labels))))
