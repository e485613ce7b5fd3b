"""Mean pinball loss: the error that the true quantiles minimise, averaged over the quantiles predicted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.loss import loss
from ninefold.core.parts import setting
from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class MeanPinball:
    """The mean of `sklearn.metrics.mean_pinball_loss` over ``levels``, in the unit of the target (Koenker and Bassett
    1978)."""

    title: ClassVar[str] = "mean pinball loss"
    solves: ClassVar[tuple[Task, ...]] = ("quantile",)
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    levels: str = setting("0.1,0.5,0.9", "The quantiles that the columns of predictions are, separated by commas.")

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return loss("quantile", y, predictions, tuple(float(level) for level in self.levels.split(",")))
