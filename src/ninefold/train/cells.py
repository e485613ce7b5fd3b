"""Rows put into groups of rows that are alike, by halving the group that is spread most along its widest axis.

Median cut (Heckbert 1982): quick on many rows, and no group is ever smaller than it may be.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ninefold.core.table import Array
from ninefold.metrics._ranking import ranks
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent, cell_means

LEVELS = 6
"""Levels of a category that get an axis of their own."""


def split(x: Array, strata: Sequence[Array], most: int, least: int) -> list[Array]:
    """The rows of ``x`` [N, D] in at most ``most`` groups of ``least`` rows or more, each within one of the
    ``strata``, which are positions of rows; as many strata must not be more than ``most``."""
    heap = [_entry(x, rows, least, number) for number, rows in enumerate(strata)]
    heapq.heapify(heap)
    number = len(heap)
    while len(heap) < most and heap[0][0] < 0:
        _, _, rows, axis = heapq.heappop(heap)
        for half in _halves(x, rows, axis):
            number += 1
            heapq.heappush(heap, _entry(x, half, least, number))
    return [rows for _, _, rows, _ in heap]


def _entry(x: Array, rows: Array, least: int, number: int) -> tuple[float, int, Array, int]:
    """Minus the squared spread along the widest axis, 0 where the group cannot be halved; a number that breaks ties."""
    if len(rows) < 2 * least or not x.shape[1]:
        return 0.0, number, rows, 0
    spread = x[rows].var(axis=0) * len(rows)
    axis = int(spread.argmax())
    return -float(spread[axis]), number, rows, axis


def _halves(x: Array, rows: Array, axis: int) -> tuple[Array, Array]:
    order = rows[np.argsort(x[rows, axis], kind="stable")]
    return order[: len(order) // 2], order[len(order) // 2 :]


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
