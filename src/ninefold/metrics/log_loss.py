"""Log-loss: the mean of -ln of the probability given to the true class, in nats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.loss import loss
from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class LogLoss:
    """`sklearn.metrics.log_loss`, with probabilities clipped at 1e-15; a proper score (Good 1952). Of several targets
    their mean."""

    title: ClassVar[str] = "log-loss"
    solves: ClassVar[tuple[Task, ...]] = ("binary", "multiclass", "multilabel", "ordinal")
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return loss("multiclass" if y.ndim == 1 else "multilabel", y, predictions)
