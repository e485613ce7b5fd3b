"""Rows put into groups of rows that are alike, by halving the group that is spread most along its widest axis.

Median cut (Heckbert 1982): quick on many rows, and no group is ever smaller than it may be.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np

from ninefold.core.table import Array


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
