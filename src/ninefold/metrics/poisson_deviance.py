"""Poisson deviance: how far counts lie from their expected values, in units in which noise of counts is about 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.loss import loss
from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class PoissonDeviance:
    """`sklearn.metrics.mean_poisson_deviance`, with expected counts clipped at 1e-6."""

    title: ClassVar[str] = "Poisson deviance"
    solves: ClassVar[tuple[Task, ...]] = ("count",)
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return loss("count", y, predictions)
