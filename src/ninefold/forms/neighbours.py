"""The training rows themselves, and a vote of those nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.distances import distance_graph
from ninefold.forms.onnx import Var, const, op

Metric = Literal["euclidean", "manhattan", "minkowski", "cosine", "mahalanobis"]
"""Minkowski's is of order 3. The last two are Euclidean after a projection: to length 1, or to uncorrelated columns."""
POWER: dict[Metric, int] = {"euclidean": 2, "manhattan": 1, "minkowski": 3, "cosine": 2, "mahalanobis": 2}
"""Distances are compared before their root is taken: sums over columns of differences to this power."""
CELLS = 4_000_000
"""Distances held at once by ``predict``."""
SAME = 1e-12
"""Distances this far apart, relatively, are equal: sums in another order differ by as much."""
NOWHERE = 1e-20
"""Squared distances below this are 0 after a projection, which rounds."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """``rows`` [M, D] and what each of them says, ``values`` [M, K].

    The prediction is the mean, or the mean weighted by 1 / distance, of the ``k`` nearest rows and of all rows that
    are as near as the last of them, so that it does not depend on the order of the rows (as ``knn(use.all = TRUE)``
    of R's package class). Rows at distance 0 outweigh all others.

    In the graph N rows need memory for N x M distances. Every prediction costs M x D whatever the metric: there is no
    index of the rows, which would have to be searched in the graph.

    ``whitening`` [D, D], for the Mahalanobis distance alone, makes the columns uncorrelated, of variance 1. A row of
    zeros, which has no direction, is at cosine distance 1 of all others.
    """

    rows: Array
    values: Array
    k: int
    metric: Metric
    by_distance: bool
    whitening: Array | None = None

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        """The distances are SciPy's."""
        from scipy.spatial.distance import cdist

        step = max(1, CELLS // len(self.rows))
        rows, asked = self._projected(self.rows), self._projected(x)
        kind: Any = {1: "cityblock", 2: "sqeuclidean", 3: "minkowski"}[self._power]
        order: Any = {"p": 3} if kind == "minkowski" else {}
        root = 3 if kind == "minkowski" else 1
        parts = [self._voted(cdist(asked[i : i + step], rows, kind, **order) ** root) for i in range(0, len(x), step)]
        return np.vstack([*parts, np.zeros((0, self.values.shape[1]))])

    @property
    def _power(self) -> int:
        return POWER[self.metric]

    @property
    def _same_place(self) -> float:
        return NOWHERE if self.metric in ("cosine", "mahalanobis") else 0.0

    def _projected(self, x: Array) -> Array:
        if self.whitening is not None:
            return np.asarray(x @ self.whitening)
        if self.metric != "cosine":
            return x
        length = np.sqrt((x**2).sum(axis=1, keepdims=True))
        return np.hstack([x / np.where(length > 0, length, 1.0), np.asarray(length == 0, float)])

    def _voted(self, distance: Array) -> Array:
        last = np.partition(distance, self._nearest - 1, axis=1)[:, [self._nearest - 1]]
        weight = np.asarray(distance <= np.maximum(last + last * SAME, self._same_place), float)
        if self.by_distance:
            there = np.asarray(distance <= self._same_place, float)
            length = np.where(there > 0, 1.0, distance) ** self._root
            weight = np.where(there.any(axis=1, keepdims=True), there, weight / length)
        return np.asarray(weight @ self.values / weight.sum(axis=1, keepdims=True))

    @property
    def _root(self) -> float:
        """The power that makes a distance of a sum; half the squared distance is the cosine's own."""
        return 1.0 if self.metric == "cosine" else 1.0 / self._power

    @property
    def _nearest(self) -> int:
        return min(self.k, len(self.rows))

    def graph(self, x: Var) -> Var:
        distance = self._distance(x)
        nearest, _ = op.top_k(distance, const([self._nearest], np.int64), axis=1, largest=False, sorted=True)
        last = op.slice(nearest, const([-1], np.int64), const([2**62], np.int64), const([1], np.int64))
        # Not last x (1 + SAME): ONNX Runtime takes that factor for 1 and drops it.
        limit = op.max([op.add(last, op.mul(last, const(SAME))), const(self._same_place)])
        weight = op.cast(op.less_or_equal(distance, limit), to=np.float64)
        weight = self._weighted(weight, distance) if self.by_distance else weight
        return op.div(op.matmul(weight, const(self.values)), _row_sum(weight))

    def _distance(self, x: Var) -> Var:
        """[N, M], column after column; a sum of powers, its root not taken."""
        return distance_graph(self._projection(x), self._projected(self.rows), self._power)

    def _projection(self, x: Var) -> Var:
        """`_projected` as nodes."""
        if self.whitening is not None:
            return op.matmul(x, const(self.whitening))
        if self.metric != "cosine":
            return x
        length = op.sqrt(_row_sum(op.mul(x, x)))
        nowhere = op.equal(length, const(0.0))
        return op.concat([op.div(x, op.where(nowhere, const(1.0), length)), op.cast(nowhere, to=np.float64)], axis=1)

    def _weighted(self, weight: Var, distance: Var) -> Var:
        there = op.less_or_equal(distance, const(self._same_place))
        number = op.cast(there, to=np.float64)
        weight = op.div(weight, op.where(there, const(1.0), self._length(distance)))
        return op.where(op.greater(_row_sum(number), const(0.0)), number, weight)

    def _length(self, distance: Var) -> Var:
        if self._root == 1.0:
            return distance
        return op.sqrt(distance) if self._root == 0.5 else op.pow(distance, const(self._root))

    def borders(self) -> Array:
        """Rows of its own (distance 0), and points half way between two (equal distances)."""
        some = self.rows[:: max(1, len(self.rows) // 100)]
        return np.vstack([some, (some[1:] + some[:-1]) / 2])


def _row_sum(matrix: Var) -> Var:
    return op.reduce_sum(matrix, const([1], np.int64), keepdims=True)
