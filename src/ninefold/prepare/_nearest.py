"""Missing numbers taken from the nearest of some prototypes, so that no rows need to be kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op

SAMPLE = 5_000
"""Rows the prototypes are found on."""
MOST, ROWS_EACH, FEWEST = 100, 10, 3
"""Prototypes at most, rows for each of them on average, and rows that each stands for at least."""
NEIGHBOURS = 5
NEAR = 1e-9


@dataclass(frozen=True, eq=False)
class Nearest:
    """``prototypes`` [M, k] are z-scored by ``centre`` and ``spread``. A gap gets their mean among the NEIGHBOURS that
    are nearest in the columns that the row has, weighted by the inverse of the squared distance."""

    prototypes: Array
    centre: Array
    spread: Array

    @classmethod
    def learned(cls, filled: Array, rng: np.random.Generator) -> Nearest:
        """Prototypes are the means of k-means clusters of filled rows; tiny clusters would be rows and are dropped."""
        from sklearn.cluster import KMeans

        centre, spread = filled.mean(axis=0), filled.std(axis=0)
        spread = np.where(spread > 1e-12 * np.abs(centre), spread, 1.0)
        rows = (filled[rng.permutation(len(filled))[:SAMPLE]] - centre) / spread
        count = min(MOST, max(1, len(rows) // ROWS_EACH), len(np.unique(rows, axis=0)))
        found = KMeans(count, n_init=1, max_iter=30, random_state=int(rng.integers(2**31 - 1))).fit(rows)
        large = np.bincount(found.labels_, minlength=count) >= FEWEST
        kept = found.cluster_centers_[large] if large.any() else rows.mean(axis=0, keepdims=True)
        return cls(kept, centre, spread)

    def graph(self, block: Var, gaps: Var, filled: Var) -> Var:
        scaled = op.div(op.sub(filled, const(self.centre)), const(self.spread))
        has = op.cast(op.not_(gaps), to=np.float64)
        weights = self._weights(op.mul(scaled, has), has)
        total = op.reduce_sum(weights, const([1], np.int64), keepdims=1)
        mean = op.div(op.matmul(weights, const(self.prototypes)), total)
        return op.where(gaps, op.add(op.mul(mean, const(self.spread)), const(self.centre)), block)

    def _weights(self, known: Var, has: Var) -> Var:
        """[N, M]: inverse squared distances over the columns that a row has; 0 beyond its nearest prototypes."""
        p = self.prototypes.T
        cross = op.mul(op.matmul(known, const(p)), const(2.0))
        own = op.reduce_sum(op.mul(known, known), const([1], np.int64), keepdims=1)
        distance = op.add(op.sub(own, cross), op.matmul(has, const(p**2)))
        weight = op.div(const(1.0), op.max([distance, const(NEAR)]))
        count = min(NEIGHBOURS, len(self.prototypes))
        top, _ = op.top_k(weight, const([count], np.int64))
        least = op.reduce_min(top, const([1], np.int64), keepdims=1)
        return op.where(op.less(weight, least), const(0.0), weight)
