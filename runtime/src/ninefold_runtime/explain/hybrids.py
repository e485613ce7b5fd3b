"""Rows made of two: some columns of the explained row, all others of a background row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ninefold_runtime.explain.asked import Array, Arrays, Asked
from ninefold_runtime.wire import absent

BATCH = 8_192
"""Hybrids that are held in memory at once."""


def differing(row: Arrays, rows: Arrays, names: Sequence[str]) -> Array:
    """[B, C] booleans: in which columns each of ``rows`` differs from ``row``; missing equals missing."""
    return np.stack([_differs(rows[name], row[name]) for name in names], axis=1)


def _differs(values: Array, value: Array) -> Array:
    if values.ndim > 1:
        one, many = (array.reshape(len(array), -1).astype(np.float64) for array in (value, values))
        same = (many == one) | (np.isnan(many) & np.isnan(one))
        return np.asarray(~same.all(axis=1), np.bool_)
    return np.asarray((values != value) & ~(absent(values) & absent(value)), np.bool_)


def answers(asked: Asked, row: Arrays, own: Array, behind: Array) -> Array:
    """What the graph says of hybrids: float64 [H, K].

    ``own`` [H, C] says which columns are the explained row's, the others are those of background row ``behind`` [H].
    """
    made = [_batch(asked, row, own[at : at + BATCH], behind[at : at + BATCH]) for at in range(0, len(own), BATCH)]
    return np.concatenate(made) if made else np.empty((0, len(asked.outputs)))


def _batch(asked: Asked, row: Arrays, own: Array, behind: Array) -> Array:
    columns = asked.background.columns
    names = asked.schema.names
    return asked.ask({name: _mixed(own[:, j], row[name], columns[name][behind]) for j, name in enumerate(names)})


def _mixed(own: Array, one: Array, others: Array) -> Array:
    """The explained row's cell where it is its ``own`` [H], that of the background else."""
    return np.where(own.reshape(-1, *[1] * (others.ndim - 1)), one, others)
