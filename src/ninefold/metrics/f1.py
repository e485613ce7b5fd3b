"""F1: the harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._labels import averaged, counted, hits_and_mistakes
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class F1:
    """`sklearn.metrics.f1_score`, macro with more than two classes and over several targets.

    NaN where the positive class is neither met in ``y`` nor decided.
    """

    title: ClassVar[str] = "F1"
    solves: ClassVar[tuple[Task, ...]] = ("binary", "multiclass", "multilabel")
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        if y.ndim == 2:
            hits, wrong = hits_and_mistakes(y, predictions, labels)
            met = hits + wrong > 0
            return float(np.mean(2 * hits[met] / (2 * hits + wrong)[met])) if met.any() else float("nan")
        counts = counted(y, predictions, labels)
        return averaged(2 * counts.diagonal(), counts.sum(axis=0) + counts.sum(axis=1), counts)
