"""Weighted sums of similarities to fixed points: support vectors, Gaussian processes, machines on landmarks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ninefold.core.table import Array
from ninefold.forms import links
from ninefold.forms.onnx import Var, const, op

Kind = Literal["linear", "polynomial", "rbf"]
BORDERS = 100
CELLS = 4_000_000
"""Similarities held at once by ``predict``."""


@dataclass(frozen=True)
class Similarity:
    """x . y; (gamma x . y + offset)^degree; or exp(-gamma |x - y|^2)."""

    kind: Kind
    gamma: float = 1.0
    degree: int = 3
    offset: float = 1.0

    def between(self, x: Array, centres: Array) -> Array:
        """[N, D] and [M, D] to [N, M]; the distances are SciPy's."""
        from scipy.spatial.distance import cdist

        if self.kind == "rbf":
            return np.asarray(np.exp(-self.gamma * cdist(x, centres, "sqeuclidean")))
        inner = x @ centres.T
        return np.asarray(inner if self.kind == "linear" else (self.gamma * inner + self.offset) ** self.degree)

    def nodes(self, x: Var, centres: Array) -> Var:
        """The same as ONNX nodes; |x - y|^2 is |x|^2 - 2 x . y + |y|^2, one product of matrices."""
        inner = op.matmul(x, const(centres.T))
        if self.kind == "rbf":
            lengths = op.reduce_sum(op.mul(x, x), const([1], np.int64), keepdims=True)
            apart = op.add(op.sub(lengths, op.mul(const(2.0), inner)), const((centres**2).sum(axis=1)[None, :]))
            # Rounding can make the distance of a point to itself negative.
            return op.exp(op.mul(const(-self.gamma), op.max([apart, const(0.0)])))
        if self.kind == "linear":
            return inner
        return op.pow(op.add(op.mul(const(self.gamma), inner), const(self.offset)), const(float(self.degree)))


def summed(similarity: Similarity, centres: Array, weights: Array, intercept: Array) -> Callable[[Array], Array]:
    """The scores of a `Kernel` that no library predicts with, in blocks of rows."""

    def scores(x: Array) -> Array:
        step = max(1, CELLS // len(centres))
        parts = [similarity.between(x[i : i + step], centres) @ weights for i in range(0, len(x), step)]
        return np.vstack([*parts, np.zeros((0, len(intercept)))]) + intercept

    return scores


@dataclass(frozen=True, eq=False)
class Kernel:
    """Scores [N, S] = similarities to ``centres`` [M, D] @ ``weights`` [M, S] + ``intercept`` [S], through ``link``.

    ``scores`` are the same by the library that fitted it. In the graph N rows need memory for N x M numbers.
    """

    similarity: Similarity
    centres: Array
    weights: Array
    intercept: Array
    link: links.Link
    scores: Callable[[Array], Array] = field(repr=False)

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        return links.applied(self.link, self.scores(x))

    def graph(self, x: Var) -> Var:
        near = self.similarity.nodes(x, self.centres)
        return links.nodes(self.link, op.add(op.matmul(near, const(self.weights)), const(self.intercept)))

    def borders(self) -> Array:
        """Some of the centres: there a distance is 0."""
        return self.centres[:: max(1, len(self.centres) // BORDERS)]
