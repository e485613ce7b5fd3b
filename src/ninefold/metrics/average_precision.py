"""Average precision: precision averaged over the recall gained at each threshold; the area under that step curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._ranking import cumulated, one_vs_rest
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class AveragePrecision:
    """`sklearn.metrics.average_precision_score`, macro one-vs-rest with more than two classes.

    Its chance level is the share of the class, so it tells more than ROC AUC where the class is rare
    (Saito and Rehmsmeier 2015). Classes absent from ``y`` are left out; NaN where no class is left.
    """

    title: ClassVar[str] = "average precision"
    solves: ClassVar[tuple[Task, ...]] = ("binary", "multiclass", "multilabel")
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return one_vs_rest(y, predictions, _area)


def _area(positive: Array, scores: Array) -> float:
    hits, misses = cumulated(positive, scores)
    if not hits.size or not hits[-1]:
        return float("nan")
    return float(np.diff(hits, prepend=0) @ (hits / (hits + misses)) / hits[-1])
