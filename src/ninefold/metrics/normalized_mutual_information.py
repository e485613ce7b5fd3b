"""Normalised mutual information: how much one grouping tells of the other, in shares of their mean entropy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._clusters import table
from ninefold.metrics._labels import decided
from ninefold_runtime.schema import Task

ROUNDING = 1e-14


@dataclass(frozen=True)
class NormalizedMutualInformation:
    """`sklearn.metrics.normalized_mutual_info_score`; ``y`` [N] are the true groups, below 0 where unknown.

    Not corrected for chance: many small clusters score above 0 whatever they are. NaN without any true group.
    """

    title: ClassVar[str] = "normalised mutual information"
    solves: ClassVar[tuple[Task, ...]] = ("clustering",)
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        counts = table(y, decided(predictions, labels))
        if not counts.size:
            return float("nan")
        joint = counts / counts.sum()
        rows, columns = joint.sum(axis=1), joint.sum(axis=0)
        if len(rows) == len(columns) == 1:
            return 1.0
        told = float(_entropy(rows) + _entropy(columns) - _entropy(joint))
        return max(told, 0.0) / ((_entropy(rows) + _entropy(columns)) / 2) if told > ROUNDING else 0.0


def _entropy(shares: Array) -> float:
    known = shares[shares > 0]
    return -float((known * np.log(known)).sum())
