"""The curse of dimensionality, measured: how many directions rows spread in, and whether near still means near."""

from __future__ import annotations

import numpy as np

from ninefold.core.table import Array

DISCARDED = 0.1
"""Share of the largest ratios that TwoNN leaves out: they are the least reliable (Facco and others 2017)."""
FEWEST = 20
"""Different rows below which nothing is said."""


def intrinsic_dimension(x: Array) -> float | None:
    """TwoNN (Facco, d'Errico, Rodriguez and Laio 2017): the dimension of the surface that the rows ``x`` [N, D] lie on.

    The ratio of the distances to the second and the first neighbour follows a Pareto law whose exponent is the
    dimension; it is read off as the slope through the origin of -ln(1 - F) over ln(ratio). Rows that repeat count once.
    None with fewer than 20 different rows. Columns must be on one scale.
    """
    from scipy.spatial import KDTree

    different = np.unique(x, axis=0)
    if len(different) < FEWEST:
        return None
    near = KDTree(different).query(different, 3)[0]
    kept = int(len(near) * (1 - DISCARDED))
    ratios = np.log(np.sort(near[:, 2] / near[:, 1])[:kept])
    tail = -np.log(1 - np.arange(kept) / len(near))
    spread = float(ratios @ ratios)
    return float(ratios @ tail) / spread if spread else None


def relative_contrast(x: Array) -> float | None:
    """(farthest - nearest) / nearest of the other rows, its mean over the rows ``x`` [N, D] (Beyer and others 1999).

    Towards 0 all rows are equally far, and neighbours tell nothing. Rows that repeat count once; None with fewer than
    20 different rows. Needs N x N numbers of memory. Columns must be on one scale.
    """
    from scipy.spatial.distance import pdist, squareform

    different = np.unique(x, axis=0)
    if len(different) < FEWEST:
        return None
    far = squareform(pdist(different))
    np.fill_diagonal(far, np.inf)
    nearest = far.min(axis=1)
    np.fill_diagonal(far, 0.0)
    return float(np.mean((far.max(axis=1) - nearest) / nearest))
