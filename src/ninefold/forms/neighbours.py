"""The training rows themselves, and a vote of those nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from warnings import catch_warnings, filterwarnings

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op

Metric = Literal["euclidean", "manhattan"]
CELLS = 4_000_000
"""Distances held at once by ``predict``."""
SAME = 1e-12
"""Distances this far apart, relatively, are equal: sums in another order differ by as much."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """``rows`` [M, D] and what each of them says, ``values`` [M, K].

    The prediction is the mean, or the mean weighted by 1 / distance, of the ``k`` nearest rows and of all rows that
    are as near as the last of them, so that it does not depend on the order of the rows (as ``knn(use.all = TRUE)``
    of R's package class). Rows at distance 0 outweigh all others.

    Distances are sums over columns of differences, never |x|^2 - 2xy + |y|^2, whose rounding would make a row differ
    from itself. In the graph a Loop runs over the columns, and N rows need memory for N x M numbers.
    """

    rows: Array
    values: Array
    k: int
    metric: Metric
    by_distance: bool

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        """The distances are SciPy's."""
        from scipy.spatial.distance import cdist

        step = max(1, CELLS // len(self.rows))
        kind: Any = "sqeuclidean" if self.metric == "euclidean" else "cityblock"
        parts = [self._voted(cdist(x[i : i + step], self.rows, kind)) for i in range(0, len(x), step)]
        return np.vstack([*parts, np.zeros((0, self.values.shape[1]))])

    def _voted(self, distance: Array) -> Array:
        last = np.partition(distance, self._nearest - 1, axis=1)[:, [self._nearest - 1]]
        weight = np.asarray(distance <= last + last * SAME, float)
        if self.by_distance:
            there = np.asarray(distance == 0, float)
            length = np.sqrt(distance) if self.metric == "euclidean" else distance
            weight = np.where(there.any(axis=1, keepdims=True), there, weight / np.where(there > 0, 1.0, length))
        return np.asarray(weight @ self.values / weight.sum(axis=1, keepdims=True))

    @property
    def _nearest(self) -> int:
        return min(self.k, len(self.rows))

    def graph(self, x: Var) -> Var:
        distance = self._distance(x)
        nearest, _ = op.top_k(distance, const([self._nearest], np.int64), axis=1, largest=False, sorted=True)
        last = op.slice(nearest, const([-1], np.int64), const([2**62], np.int64), const([1], np.int64))
        # Not last x (1 + SAME): ONNX Runtime takes that factor for 1 and drops it.
        limit = op.add(last, op.mul(last, const(SAME)))
        weight = op.cast(op.less_or_equal(distance, limit), to=np.float64)
        weight = self._weighted(weight, distance) if self.by_distance else weight
        return op.div(op.matmul(weight, const(self.values)), _row_sum(weight))

    def _distance(self, x: Var) -> Var:
        """[N, M], column after column; squared if euclidean."""
        rows, size = const(self.rows.T), const([-1, len(self.rows)], np.int64)
        shape = op.concat([op.shape(x, start=0, end=1), const([len(self.rows)], np.int64)], axis=0)

        def add(column: Var, going: Var, so_far: Var) -> list[Var]:
            gap = op.sub(op.gather(x, column, axis=1), op.gather(rows, column, axis=0))
            return [going, op.add(so_far, op.mul(gap, gap) if self.metric == "euclidean" else op.abs(gap))]

        with catch_warnings():
            # ONNX infers no shape for what a loop carries; the reshape below says it.
            filterwarnings("ignore", "Output type for variable v_final")
            start = op.reshape(op.expand(const(0.0), shape), size)
            (total,) = op.loop(const(self.rows.shape[1], np.int64), v_initial=[start], body=add)
        return op.reshape(total, size)

    def _weighted(self, weight: Var, distance: Var) -> Var:
        there = op.equal(distance, const(0.0))
        number = op.cast(there, to=np.float64)
        length = op.sqrt(distance) if self.metric == "euclidean" else distance
        weight = op.div(weight, op.where(there, const(1.0), length))
        return op.where(op.greater(_row_sum(number), const(0.0)), number, weight)

    def borders(self) -> Array:
        """Rows of its own (distance 0), and points half way between two (equal distances)."""
        some = self.rows[:: max(1, len(self.rows) // 100)]
        return np.vstack([some, (some[1:] + some[:-1]) / 2])


def _row_sum(matrix: Var) -> Var:
    return op.reduce_sum(matrix, const([1], np.int64), keepdims=True)
