"""Local outlier factor: rows in thinner places than their neighbours are unusual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.distances import distance_graph, squares
from ninefold.forms.onnx import Var, const, op
from ninefold.forms.ranked import Ranked, Scale
from ninefold.learners._trivial import constant
from ninefold.learners._unusual import is_uniform

SAME = 1e-9
"""Distances this far apart, relatively, are equal."""
TOUCHING = 1e-10
"""Added to mean distances, so that the density of rows that coincide is finite (as scikit-learn does)."""
FEWEST = 3
"""Rows of which none can be said to be unusual."""
FAR = 1e300
CELLS = 4_000_000
"""Distances held at once."""


@dataclass(frozen=True)
class LocalOutlierFactor:
    """Compares how dense rows lie around a row with how dense they lie around its ``k`` nearest known rows."""

    k: int = setting(30, "Neighbours asked", low=2, high=200, log=True, tiny=5)
    rows: int = setting(2_000, "Training rows kept at most", low=100, high=5_000, log=True, tiny=200)

    card: ClassVar[Card] = Card(
        title="Local outlier factor",
        solves=("anomaly",),
        view="scaled",
        idea="A row whose neighbours have nearer neighbours than itself is unusual, be its region thin or dense.",
        inductive_bias="Density changes slowly among ordinary rows; distance counts alike in all columns.",
        cost="Kept rows squared x columns to fit; each prediction looks at every kept row.",
        source="Breunig, Kriegel, Ng and Sander 2000; checked against scikit-learn",
        questions=(40,),
        seconds=3.0,
        family="neighbours",
        beats_baseline_on=("hollow", "strays"),
        keeps_rows=True,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_uniform(data) or len(data.x) < FEWEST:
            return constant(data)
        rows = data.x[np.sort(rng.permutation(len(data.x))[: self.rows])]
        k = min(self.k, len(rows) - 1)
        # A row is no neighbour of its own.
        distance = np.sqrt(squares(rows, rows)) + np.diag(np.full(len(rows), FAR))
        nearest = np.partition(distance, k - 1, axis=1)[:, k - 1]
        near = _near(distance, k)
        density = _density(distance, near, nearest)
        scores = near @ density / near.sum(axis=1) / density
        return Ranked(_Factor(rows, nearest, density, k), Scale.of(scores))


def _near(distance: Array, k: int) -> Array:
    """[N, M]: 1.0 for the k nearest and for all that are as near as the last of them (Breunig's definition 4)."""
    last = np.partition(distance, k - 1, axis=1)[:, [k - 1]]
    return np.asarray(distance <= last + last * SAME, float)


def _density(distance: Array, near: Array, nearest: Array) -> Array:
    """[N]: one by the mean reachability distance to the near rows."""
    reach = np.maximum(distance, nearest)
    return np.asarray(1 / ((near * reach).sum(axis=1) / near.sum(axis=1) + TOUCHING))


@dataclass(frozen=True, eq=False)
class _Factor:
    """``rows`` [M, D] with the distance ``nearest`` [M] to their k-th neighbour and their ``density`` [M].

    The factor is the mean density of the near rows by the row's own. It does not depend on the order of the rows, as
    rows as near as the k-th count as well.
    """

    rows: Array
    nearest: Array
    density: Array
    k: int

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        step = max(1, CELLS // len(self.rows))
        parts = [self._factors(np.sqrt(squares(x[i : i + step], self.rows))) for i in range(0, len(x), step)]
        return np.concatenate([*parts, np.zeros(0)])[:, None]

    def _factors(self, distance: Array) -> Array:
        near = _near(distance, self.k)
        return np.asarray(near @ self.density / near.sum(axis=1) / _density(distance, near, self.nearest))

    def graph(self, x: Var) -> Var:
        distance, axis = op.sqrt(distance_graph(x, self.rows)), const([1], np.int64)
        nearest, _ = op.top_k(distance, const([self.k], np.int64), axis=1, largest=False, sorted=True)
        last = op.slice(nearest, const([-1], np.int64), const([2**62], np.int64), axis)
        near = op.cast(op.less_or_equal(distance, op.add(last, op.mul(last, const(SAME)))), to=np.float64)
        count = op.reduce_sum(near, axis, keepdims=True)
        reach = op.mul(near, op.max([distance, const(self.nearest)]))
        mean_reach = op.add(op.div(op.reduce_sum(reach, axis, keepdims=True), count), const(TOUCHING))
        return op.mul(op.div(op.matmul(near, const(self.density[:, None])), count), mean_reach)

    def borders(self) -> Array:
        """Rows of its own, and points half way between two (equal distances)."""
        some = self.rows[:: max(1, len(self.rows) // 100)]
        return np.vstack([some, (some[1:] + some[:-1]) / 2])
