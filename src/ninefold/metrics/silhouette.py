"""Silhouette: how much nearer rows are to their own cluster than to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._clusters import distances, grouped, judgeable
from ninefold_runtime.schema import Task

SAMPLE = 2_000
"""Rows looked at; of more a part is drawn, always the same, which moves the mean by less than 0.02."""


@dataclass(frozen=True)
class Silhouette:
    """`sklearn.metrics.silhouette_score`, euclidean; ``y`` [N, D] are the rows. NaN for one cluster, or one per row.

    1: clusters lie far apart; 0: they touch; below: rows are in the wrong one. Rousseeuw 1987.
    """

    title: ClassVar[str] = "silhouette"
    solves: ClassVar[tuple[Task, ...]] = ("clustering",)
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        codes = grouped(predictions, labels)
        if len(codes) > SAMPLE:
            drawn = np.random.default_rng(len(codes)).permutation(len(codes))[:SAMPLE]
            y, codes = y[drawn], np.unique(codes[drawn], return_inverse=True)[1]
        return float(silhouettes(y, codes).mean()) if judgeable(codes) else float("nan")


def silhouettes(x: Array, codes: Array) -> Array:
    """The silhouette of each row, [N]: 0 for a row that is its cluster alone. ``codes`` have no gaps."""
    sizes = np.bincount(codes)
    apart = distances(x, x)
    np.fill_diagonal(apart, 0.0)  # which rounding leaves above 0
    sums = apart @ np.eye(len(sizes))[codes]
    rows = np.arange(len(x))
    own = sums[rows, codes] / np.maximum(sizes[codes] - 1, 1)
    means = sums / sizes
    means[rows, codes] = np.inf
    other = means.min(axis=1)
    larger = np.maximum(own, other)
    told = (sizes[codes] > 1) & (larger > 0)
    return np.where(told, (other - own) / np.where(larger > 0, larger, 1.0), 0.0)
