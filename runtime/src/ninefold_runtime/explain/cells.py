"""Wired cells as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent, cell_means

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cell(column: Column, value: Any) -> str | float | bool | None:
    """One entry of a wired column: None where missing, booleans as such, datetimes in ISO 8601, of images and series
    their mean in words."""
    if getattr(value, "ndim", 0):
        mean = float(cell_means(value[None])[0])
        return None if np.isnan(mean) else f"{column.kind}, mean {mean:.4g}"
    if absent(np.array([value], object if column.wire == "text" else None))[0]:
        return None
    if column.kind == "boolean":
        return bool(value)
    if column.wire != "time":
        return str(value) if column.wire == "text" else float(value)
    try:
        moment = _EPOCH + timedelta(microseconds=int(value))
    except OverflowError:
        return f"{int(value)} µs"
    return moment.replace(tzinfo=None).isoformat().removesuffix("T00:00:00")
