"""Pinball loss: the error that a quantile of the target minimises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Pinball:
    """`sklearn.metrics.mean_pinball_loss`; half the mean absolute error at ``alpha`` 0.5 (Koenker and Bassett 1978)."""

    title: ClassVar[str] = "pinball loss"
    solves: ClassVar[tuple[Task, ...]] = ("regression",)
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    alpha: float = setting(0.5, "The quantile that is predicted.", low=0.01, high=0.99)

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        error = y - predictions[:, 0]
        return float(np.mean(np.maximum(self.alpha * error, (self.alpha - 1) * error)))
