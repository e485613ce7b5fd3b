"""Davies-Bouldin index: how wide clusters are for the distance between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._clusters import centres, distances, grouped, judgeable
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class DaviesBouldin:
    """`sklearn.metrics.davies_bouldin_score`, lower is better; ``y`` [N, D] are the rows. NaN for one cluster.

    The width of two clusters over the distance of their centres, at the worst neighbour of each. Davies, Bouldin 1979.
    """

    title: ClassVar[str] = "Davies-Bouldin"
    solves: ClassVar[tuple[Task, ...]] = ("clustering",)
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        codes = grouped(predictions, labels)
        if not judgeable(codes):
            return float("nan")
        means, sizes = centres(y, codes)
        width = np.bincount(codes, np.sqrt(((y - means[codes]) ** 2).sum(axis=1))) / sizes
        apart = distances(means, means)
        if np.allclose(width, 0) or np.allclose(apart, 0):
            return 0.0
        np.fill_diagonal(apart, np.inf)
        apart[apart == 0] = np.inf
        return float(((width[:, None] + width) / apart).max(axis=1).mean())
