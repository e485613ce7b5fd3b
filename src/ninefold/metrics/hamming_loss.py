"""Hamming loss: the share of labels, over all rows and targets, that are decided wrongly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._labels import decided_each
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class HammingLoss:
    """`sklearn.metrics.hamming_loss`."""

    title: ClassVar[str] = "Hamming loss"
    solves: ClassVar[tuple[Task, ...]] = ("multilabel",)
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return float(np.mean(decided_each(predictions, labels) != y))
