"""What a column of a row may be changed to: within the ranges and levels that training met, whole where it counts."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from ninefold_runtime.explain.asked import Array, Arrays, Asked
from ninefold_runtime.explain.places import places
from ninefold_runtime.explain.rows import VARYING, confined, ordered
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent


def alternatives(asked: Asked, row: Arrays, fixed: Collection[str], points: int) -> dict[str, Array]:
    """Other values by column, at most ``points`` each; columns that are fixed or cannot vary are left out.

    Nothing is ever changed to missing: that would be a wish not to be asked.
    """
    found = {}
    for column in asked.schema.columns:
        if column.name not in fixed and column.kind in VARYING:
            values = _values(asked, column, points)
            values = values[values != row[column.name][0]]
            if len(values):
                found[column.name] = values
    return found


def _values(asked: Asked, column: Column, points: int) -> Array:
    """Quantiles of the background, its levels and those of the schema, or yes and no."""
    met = places(column, asked.background, points)
    if ordered(column):
        return np.unique(confined(column, met, asked.background))
    if column.kind == "boolean":
        return np.array([0.0, 1.0])
    return np.array(list(dict.fromkeys([*met.tolist(), *column.levels]))[:points], object)


def between(asked: Asked, column: Column, old: Array, new: object, steps: int) -> Array:
    """Values from near ``old`` [1] to ``new``, the last: what is tried to change the column by less.

    Only ``new`` where the column has no order, or had no value.
    """
    end = np.array([new], old.dtype)
    if not ordered(column) or absent(old)[0]:
        return end
    way = np.arange(1, steps + 1) / steps * (end - old).astype(np.float64)
    way = np.rint(way).astype(np.int64) if column.kind == "datetime" else way
    values = confined(column, old + way, asked.background)
    values = values[(values != old[0]) & (values != end[0])]
    return np.concatenate([values, end])
