"""What every method needs of rows: one row made many, columns exchanged, quantiles and spreads under weights."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ninefold_runtime.explain.asked import Array, Arrays, Asked, Background
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent

VARYING = frozenset({"number", "boolean", "datetime", "category"})
"""Kinds whose values are few enough, or ordered, so that one can be set in place of another."""
_WHOLE_SHARE = 0.9
"""Share of background weight that may at least be whole numbers in a column of whole numbers: a summary may be a
mean."""


def repeated(row: Arrays, times: int) -> dict[str, Array]:
    """One row, given as columns of one entry, that many times over."""
    return {name: np.repeat(values[:1], times, axis=0) for name, values in row.items()}


def at(rows: Arrays, index: Array) -> dict[str, Array]:
    """The rows at these positions, or where a mask is true."""
    return {name: values[index] for name, values in rows.items()}


def exchanged(rows: Arrays, name: str, value: object) -> dict[str, Array]:
    """The rows with one column set to ``value``: one for all of them, or one each."""
    values = np.empty_like(rows[name])
    values[:] = value
    return {**rows, name: values}


def known(values: Array, weights: Array) -> tuple[Array, Array]:
    """What is not missing, and its weights."""
    there = ~absent(values)
    return values[there], weights[there]


def quantiles(values: Array, weights: Array, levels: Array) -> Array:
    """The values below or at which these shares of the weight lie: always values that were given, as [len(levels)]."""
    order = np.argsort(values, kind="stable")
    shares = np.cumsum(weights[order])
    place = np.searchsorted(shares, np.asarray(levels) * shares[-1] * (1 - 1e-12), side="left")
    return np.asarray(values[order][np.minimum(place, len(values) - 1)])


def deviation(values: Array, weights: Array) -> float:
    """The standard deviation of what is not missing; 0 where nothing varies."""
    there, weight = known(values, weights)
    if not weight.sum():
        return 0.0
    numbers = there.astype(np.float64)
    mean = np.average(numbers, weights=weight)
    return float(np.sqrt(np.average((numbers - mean) ** 2, weights=weight)))


def ordered(column: Column) -> bool:
    """Whether values of the column can be more or less: numbers and datetimes, and not yes or no."""
    return column.kind in {"number", "datetime"}


def whole(column: Column, background: Background) -> bool:
    """Whether a number counts something: all that is known of its values is whole, all but a few summaries too."""
    told = [value for value in (column.minimum, column.maximum, column.example) if isinstance(value, float)]
    values, weights = known(background.columns[column.name], background.weights)
    if column.kind != "number" or not weights.sum() or any(value % 1 for value in told):
        return False
    return float(weights[values % 1 == 0].sum()) >= _WHOLE_SHARE * float(weights.sum())


def confined(column: Column, values: Array, background: Background) -> Array:
    """Values of an ordered column kept within the range that training met, and whole where they count something."""
    if column.kind == "datetime":
        return np.asarray(values)
    kept = np.clip(values, _or(column.minimum, -np.inf), _or(column.maximum, np.inf))
    return np.asarray(np.rint(kept) if whole(column, background) else kept)


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def shares(values: Array, weights: Array) -> dict[object, float]:
    """The weight of each value that is not missing, heaviest first."""
    there, weight = known(values, weights)
    found: dict[object, float] = {}
    for value, part in zip(there.tolist(), weight.tolist(), strict=True):
        found[value] = found.get(value, 0.0) + part
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def others(asked: Asked, column: Column, value: object) -> Mapping[object, float]:
    """What else than ``value`` the column may hold, with weights: as in the background, or any level of the schema."""
    background = asked.background
    met = shares(background.columns[column.name], background.weights)
    listed = column.levels if column.kind == "category" else ()
    weights = met or dict.fromkeys(listed, 1.0)
    different = {other: weight for other, weight in weights.items() if other != value}
    return different or {level: 1.0 for level in listed if level != value}
