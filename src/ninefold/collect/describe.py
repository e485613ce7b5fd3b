"""A column's statistics over the training rows: they travel in the bundle, so no single row shows in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from ninefold.collect.values import absent
from ninefold.core.table import Array, fingerprints
from ninefold_runtime import wire
from ninefold_runtime.schema import Column
from ninefold_runtime.vocabulary import common

if TYPE_CHECKING:
    from polars import Series

LEVELS = 50
_FAR = 700_000
"""Days before and after 1970 that a calendar still has."""
_COMMON = 2
"""A value of fewer rows than this is never shown as an example."""


def described(column: Column, values: Series) -> Column:
    """``column`` with the statistics of ``values``, its training rows in wire form."""
    if column.shape:
        made = _of_arrays(column, values.to_numpy())
        return _series(made, values.to_numpy()) if column.kind == "series" and made.distinct else made
    filled = values.filter(~absent(values))
    share = 1 - len(filled) / len(values) if len(values) else 0.0
    column = msgspec.structs.replace(column, missing=share, distinct=filled.n_unique())
    if not len(filled):
        return column
    if column.kind == "category":
        return _category(column, filled)
    if column.kind == "text":
        return msgspec.structs.replace(column, words=common(filled.to_numpy()))
    return column if column.wire == "text" else _measured(column, filled)


def _of_arrays(column: Column, values: Array) -> Column:
    there = values[~wire.absent(values)]
    share = 1 - len(there) / len(values) if len(values) else 0.0
    return msgspec.structs.replace(column, missing=share, distinct=len(np.unique(fingerprints(there))))


def _category(column: Column, filled: Series) -> Column:
    import polars as pl

    counts = filled.alias("value").value_counts().sort(["count", "value"], descending=[True, False]).head(LEVELS)
    common = counts.filter(pl.col("count") >= _COMMON)["value"].to_list()
    return msgspec.structs.replace(column, levels=tuple(counts["value"].to_list()), example=next(iter(common), None))


def _series(column: Column, values: Array) -> Column:
    """The range of all values, and the median of each moment; of moments that few series have, those of all."""
    low, middle, high = np.nanquantile(values, [0, 0.5, 1]).tolist()
    seldom = (~np.isnan(values)).sum(axis=0) < _COMMON
    steps = np.nanmedian(np.where(seldom, middle, values), axis=0)
    example = tuple(float(f"{step:.6g}") for step in steps)
    return msgspec.structs.replace(column, minimum=low, maximum=high, example=example)


def _measured(column: Column, filled: Series) -> Column:
    low, middle, high = np.quantile(filled.to_numpy(), [0, 0.5, 1]).tolist()
    return msgspec.structs.replace(column, minimum=low, maximum=high, example=_example(column, middle))


def _example(column: Column, middle: float) -> str | float | bool:
    """The median, as it would be written in the source."""
    if column.kind == "boolean":
        return middle >= 0.5
    if column.kind == "number":
        return middle
    day = min(max(round(middle / 86_400e6), -_FAR), _FAR)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return moment.strftime(column.format) if column.format else moment.date().isoformat()
