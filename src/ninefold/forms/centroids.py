"""Groups of rows, each told by one or several points: a row belongs to the group of the nearest point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.distances import distance_graph, squares
from ninefold.forms.onnx import Var, const, op

CELLS = 4_000_000
"""Distances held at once by ``predict``."""
MOST_BORDERS = 60


@dataclass(frozen=True, eq=False)
class Centroids:
    """``points`` [M, D], means of training rows, and the cluster of each, ``owners`` [M], 0 to ``clusters`` - 1.

    With ``radii`` [M], a row that lies further from its nearest point than that point's radius is noise: a last column
    beyond the clusters. ``differs`` is the share of training rows that the library put elsewhere.
    """

    points: Array
    owners: Array
    clusters: int
    radii: Array | None = None
    differs: float = 0.0

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        step = max(1, CELLS // len(self.points))
        parts = [self._columns[self._codes(x[i : i + step])] for i in range(0, len(x), step)]
        return np.vstack([*parts, np.zeros((0, len(self._columns)))])

    def _codes(self, x: Array) -> Array:
        apart = squares(x, self.points)
        nearest = apart.argmin(axis=1)
        codes = self.owners[nearest]
        if self.radii is None:
            return np.asarray(codes)
        return np.where(apart.min(axis=1) > self.radii[nearest] ** 2, self.clusters, codes)

    @property
    def _columns(self) -> Array:
        """[K, K]: what is said of a row of each cluster, noise included where there is any."""
        return np.eye(self.clusters + (self.radii is not None))

    def graph(self, x: Var) -> Var:
        apart = distance_graph(x, self.points)
        nearest = op.arg_min(apart, axis=1, keepdims=0)
        codes = op.gather(const(self.owners, np.int64), nearest, axis=0)
        if self.radii is not None:
            limit = op.gather(const(self.radii**2), nearest, axis=0)
            far = op.greater(op.reduce_min(apart, const([1], np.int64), keepdims=False), limit)
            codes = op.where(far, const(self.clusters, np.int64), codes)
        return op.gather(const(self._columns), codes, axis=0)

    def borders(self) -> Array:
        """The points themselves, half way between two of them, and, where there is noise, at the radius."""
        some = self.points[:MOST_BORDERS]
        edges = [some, (some[1:] + some[:-1]) / 2]
        if self.radii is not None:
            edges.append(some + self.radii[:MOST_BORDERS, None] * np.eye(1, some.shape[1]))
        return np.vstack(edges)
