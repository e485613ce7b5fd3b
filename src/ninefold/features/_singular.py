"""The leading singular vectors of a matrix, their signs fixed, and the projection onto them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op

EXACT = 500
"""Columns up to which the decomposition is exact (LAPACK's); wider matrices get a randomised one."""


def leading(matrix: Array, most: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Singular values [C] and right singular vectors [C, D] of ``matrix`` [N, D], largest first.

    C is at most ``most`` and the rank. The entry of each vector that is largest by amount is positive (scikit-learn's
    ``svd_flip``). Above `EXACT` columns by subspace iteration on random projections (Halko, Martinsson and Tropp
    2011; scikit-learn's ``randomized_svd``).
    """
    from sklearn.utils.extmath import randomized_svd, svd_flip

    if not matrix.size:
        return np.zeros(0), np.zeros((0, matrix.shape[1]))
    most = min(most, *matrix.shape)
    if matrix.shape[1] > EXACT:
        left, values, right = randomized_svd(matrix, most, random_state=int(rng.integers(2**31 - 1)))
    else:
        left, values, right = np.linalg.svd(matrix, full_matrices=False)
    rank = int((values > values[0] * max(matrix.shape) * np.finfo(float).eps).sum())
    _, right = svd_flip(left, right, u_based_decision=False)
    return values[: min(most, rank)], right[: min(most, rank)]


def shares(values: Array, matrix: Array) -> Array:
    """The part of the sum of squares of ``matrix`` that lies along each singular vector, [C]: of a centred matrix,
    the explained variance."""
    return np.asarray(values**2 / max(float((matrix**2).sum()), np.finfo(float).tiny))


def reaching(share: float, values: Array, matrix: Array) -> int:
    """How many singular vectors hold ``share`` of the sum of squares together; all, if they hold less."""
    return min(len(values), int(np.searchsorted(np.cumsum(shares(values, matrix)), share)) + 1)


@dataclass(frozen=True, eq=False)
class Projection:
    """A fitted step: (rows - ``centre`` [D]) times ``axes`` [D, C]; without a centre nothing is subtracted."""

    names: tuple[str, ...]
    centre: Array | None
    axes: Array
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        moved = block if self.centre is None else op.sub(block, const(self.centre))
        return op.matmul(moved, const(self.axes))
