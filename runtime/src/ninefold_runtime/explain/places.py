"""Where a column is set to see what the graph makes of it: quantiles of numbers, levels of everything else."""

from __future__ import annotations

import numpy as np

from ninefold_runtime.explain.asked import Array, Background
from ninefold_runtime.explain.rows import VARYING, known, ordered, quantiles, shares
from ninefold_runtime.schema import Column

POINTS = 20


def places(column: Column, rows: Background, points: int = POINTS) -> Array:
    """Values [G] of the column among ``rows``, in the type of its array: rising numbers, or levels, heaviest first.

    At most ``points``; fewer than two where nothing varies, or where the kind has no values to choose from (text).
    """
    values = rows.columns[column.name]
    if column.kind not in VARYING:
        return values[:0]
    if not ordered(column):
        levels = np.array(list(shares(values, rows.weights))[:points], values.dtype)
        return np.sort(levels) if column.kind == "boolean" else levels
    there, weights = known(values, rows.weights)
    if not len(there):
        return there
    different = np.unique(there)
    return different if len(different) <= points else np.unique(quantiles(there, weights, np.linspace(0, 1, points)))
