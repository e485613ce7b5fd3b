"""Brier score: the mean squared distance of probabilities from what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Brier:
    """`sklearn.metrics.brier_score_loss`: the positive class alone in binary problems (0 to 1), Brier's (1950) sum over
    all classes otherwise (0 to 2).
    """

    title: ClassVar[str] = "Brier score"
    solves: ClassVar[tuple[Task, ...]] = ("binary", "multiclass")
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        if predictions.shape[1] == 2:
            return float(np.mean((predictions[:, 1] - y) ** 2))
        given = predictions[np.arange(len(y)), y.astype(np.int64)]
        # sum_k (p_k - [k = y])^2 written without the indicator matrix
        return float(np.mean(np.einsum("nk,nk->n", predictions, predictions) - 2 * given + 1))
