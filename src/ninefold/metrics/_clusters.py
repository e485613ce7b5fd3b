"""What metrics of clusters share: labels without gaps, distances, and the table of two groupings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ninefold.core.table import Array
from ninefold.metrics._labels import decided

Counts = NDArray[np.int64]


def grouped(predictions: Array, labels: Array | None) -> Array:
    """The decided clusters [N] as codes 0, 1, … without gaps: clusters that no row is in do not count."""
    return np.asarray(np.unique(decided(predictions, labels), return_inverse=True)[1], np.int64)


def judgeable(codes: Array) -> bool:
    """Between 2 clusters and one fewer than there are rows: else rows have no other cluster, or none of their own."""
    return len(codes) > 0 and 2 <= int(codes.max()) + 1 < len(codes)


def centres(x: Array, codes: Array) -> tuple[Array, Counts]:
    """Means [K, D] and sizes [K] of the clusters."""
    sizes = np.bincount(codes)
    sums = np.zeros((len(sizes), x.shape[1]))
    np.add.at(sums, codes, x)
    return sums / sizes[:, None], sizes


def distances(x: Array, to: Array) -> Array:
    """Euclidean, [N, M]."""
    shift = x.mean(axis=0)
    x, to = x - shift, to - shift
    squares = (x**2).sum(axis=1)[:, None] - 2.0 * (x @ to.T) + (to**2).sum(axis=1)
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)))


def table(truth: Array, codes: Array) -> Counts:
    """Rows counted as [true group, cluster]; rows whose truth is unknown (below 0) are left out."""
    known = truth >= 0
    rows = np.unique(truth[known], return_inverse=True)[1]
    columns = np.unique(codes[known], return_inverse=True)[1]
    if not len(rows):
        return np.zeros((0, 0), np.int64)
    width = int(columns.max()) + 1
    cells = np.bincount(rows * width + columns, minlength=(int(rows.max()) + 1) * width)
    return np.asarray(cells.reshape(-1, width), np.int64)
