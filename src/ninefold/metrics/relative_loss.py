"""Relative loss: the share that is left of the loss of knowing nothing, averaged over targets of different kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.loss import loss
from ninefold.core.parts import setting
from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class RelativeLoss:
    """Of each number the mean squared error over its variance (1 - R²), of each category the log-loss over the entropy
    of its shares (1 - McFadden's R², 1974), on the rows that have it; the mean over the targets. 1 is what knowing
    nothing costs, 0 is perfect, and a target that few rows have counts as much as any other."""

    title: ClassVar[str] = "relative loss"
    solves: ClassVar[tuple[Task, ...]] = ("multitask",)
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    levels: str = setting("1,2", "Columns of predictions that each target has, separated by commas; 1 is a number.")

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return loss("multitask", y, predictions, tuple(float(level) for level in self.levels.split(",")))
