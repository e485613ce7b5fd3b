"""ROC AUC: the chance that a row of a class is ranked above a row of another; ties count half."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._ranking import cumulated, one_vs_rest
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class RocAuc:
    """`sklearn.metrics.roc_auc_score`, one class against the rest and macro with more than two classes.

    Classes that are absent, or alone, are left out; NaN where no class is left.
    """

    title: ClassVar[str] = "ROC AUC"
    solves: ClassVar[tuple[Task, ...]] = ("binary", "multiclass", "multilabel")
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return one_vs_rest(y, predictions, _area)


def _area(positive: Array, scores: Array) -> float:
    hits, misses = cumulated(positive, scores)
    if not hits.size or not hits[-1] or not misses[-1]:
        return float("nan")
    height = hits + np.concatenate(([0], hits[:-1]))
    return float(height @ np.diff(misses, prepend=0) / (2 * hits[-1] * misses[-1]))
