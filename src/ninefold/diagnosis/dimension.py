"""The curse of dimensionality, measured: how many directions rows spread in, and whether near still means near."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ninefold.core.table import Array

DISCARDED = 0.1
"""Share of the largest ratios that TwoNN leaves out: they are the least reliable (Facco and others 2017)."""
FEWEST = 20
"""Different rows below which nothing is said."""


@dataclass(frozen=True)
class Distances:
    """From each of N different rows to the nearest other one, the second nearest, and the farthest: [N] each."""

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    last: NDArray[np.float64]


def distances(x: Array) -> Distances | None:
    """Euclidean, among the rows ``x`` [N, D], whose columns must be on one scale; rows that repeat count once.

    None with fewer than 20 different rows. Row by row, so that it needs no more memory than ``x`` itself.
    """
    different = np.unique(np.asarray(x, np.float64), axis=0)
    if len(different) < FEWEST:
        return None
    found = np.array([_extremes(different - row) for row in different])
    return Distances(*np.sqrt(found[found[:, 0] > 0].T))  # rows may differ by less than a square can hold


def _extremes(away: Array) -> tuple[float, float, float]:
    """The second, third and last of the squared lengths; the first is the row's own, 0."""
    squares = np.einsum("ij,ij->i", away, away)
    _, first, second = np.sort(np.partition(squares, 2)[:3])
    return float(first), float(second), float(squares.max())


def intrinsic_dimension(far: Distances) -> float | None:
    """TwoNN (Facco, d'Errico, Rodriguez and Laio 2017): the dimension of the surface that the rows lie on.

    The ratio of the distances to the second and the first neighbour follows a Pareto law whose exponent is the
    dimension; it is read off as the slope through the origin of -ln(1 - F) over ln(ratio). None where all are equal.
    """
    kept = int(len(far.first) * (1 - DISCARDED))
    ratios = np.log(np.sort(far.second / far.first)[:kept])
    tail = -np.log(1 - np.arange(kept) / len(far.first))
    spread = float(ratios @ ratios)
    return float(ratios @ tail) / spread if spread else None


def relative_contrast(far: Distances) -> float:
    """(farthest - nearest) / nearest, its mean over the rows (Beyer, Goldstein, Ramakrishnan and Shaft 1999).

    Towards 0 all rows are equally far, and neighbours tell nothing.
    """
    return float(np.mean((far.last - far.first) / far.first))
