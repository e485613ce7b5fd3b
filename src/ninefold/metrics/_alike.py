"""A simple view of raw rows in which they can be alike, and the rows that are most alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ninefold.core.table import Array
from ninefold.metrics._ranking import ranks
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent, cell_means

LEVELS = 6
"""Levels of a category that get an axis of their own."""
BLOCK = 4_000
"""Rows among which neighbours are looked for."""


def axes(columns: Sequence[Column], arrays: Sequence[Array]) -> Array:
    """[N, D] float32, a simple view in which rows can be alike: ranks of numbers and datetimes, frequent levels of
    categories, and what is missing."""
    found = [axis for column, values in zip(columns, arrays, strict=True) for axis in _axes(column, values)]
    varying = [axis for axis in found if axis.min() < axis.max()]
    return np.stack(varying, axis=1).astype(np.float32) if varying else np.zeros((len(arrays[0]), 0), np.float32)


def _axes(column: Column, values: Array) -> Iterator[Array]:
    missing = absent(values)
    yield missing / 2
    if column.kind in {"number", "datetime", "boolean"}:
        yield _scaled_ranks(values, missing)
    elif values.ndim > 1:
        yield _scaled_ranks(cell_means(values), missing)
    elif column.kind == "category":
        levels, counts = np.unique(values.astype(str), return_counts=True)
        for level in levels[np.argsort(-counts, kind="stable")][:LEVELS]:
            yield (values == level) / 2


def _scaled_ranks(values: Array, missing: NDArray[np.bool_]) -> Array:
    """Ranks from 0 to 1, equal values alike, 1/2 where missing."""
    scaled = np.full(len(values), 0.5)
    known = ranks(values[~missing])
    scaled[~missing] = (known - 0.5) / max(len(known), 1)
    return scaled


def nearest(x: Array, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """[N, count]: of each row of ``x`` [N, D] the positions of others that are near it: the nearest within a random
    block of rows, so that the time grows as the rows do. ``x`` has more rows than ``count``."""
    from sklearn.neighbors import NearestNeighbors

    found = np.empty((len(x), count), np.int64)
    for block in np.array_split(rng.permutation(len(x)), max(1, len(x) // BLOCK)):
        search = NearestNeighbors(n_neighbors=count + 1).fit(x[block])
        found[block] = block[search.kneighbors(x[block], return_distance=False)[:, 1:]]
    return found
