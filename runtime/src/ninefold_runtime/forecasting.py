"""What forecasts are measured from: the seasonal naive forecast of a window, and its usual error there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.schema import Folding

Array = NDArray[np.float64]
LARGEST = float(np.finfo(np.float32).max)
FLOOR = 1e-3
"""Of the mean size of a window's values: its usual error counts as at least so much, else as 1 where all are 0."""


def whole(window: Array) -> Array:
    """[N, W] without gaps: what is missing has the mean of the others, 0 where there is none."""
    there = np.abs(window) <= LARGEST  # false of NaN
    count = there.sum(axis=1, keepdims=True)
    mean = np.where(there, window, 0.0).sum(axis=1, keepdims=True) / np.maximum(count, 1)
    return np.where(there, window, mean)


def seasonal(values: Array, season: int, horizon: int) -> Array:
    """[N, H]: the values of the last season [N, W], over and over."""
    return values[:, values.shape[1] - season + np.arange(horizon) % season]


def spread(values: Array, season: int) -> Array:
    """[N]: the mean error of the seasonal naive forecast within windows without gaps [N, W]."""
    lag = season if values.shape[1] > season else 1
    error = np.abs(values[:, lag:] - values[:, :-lag]).mean(axis=1) if values.shape[1] > lag else np.zeros(len(values))
    least = np.maximum(error, FLOOR * np.abs(values).mean(axis=1))
    return np.where(least > 0, least, 1.0)


def moment(folding: Folding, origin: object, ahead: int) -> Any:
    """The moment that many steps after the one of the window's end: microseconds, or a number; None without times."""
    if folding.time is None:
        return None
    if not folding.months:
        step = origin + ahead * folding.every  # type: ignore[operator]
        return round(step) if folding.time.kind == "datetime" else step
    return _months_later(int(origin), ahead * folding.months)  # type: ignore[call-overload]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _months_later(stamp: int, months: int) -> int:
    """The same day of a later month, or its last; the last of a month stays the last."""
    start = _EPOCH + timedelta(microseconds=stamp)
    at_end = (start + timedelta(days=1)).month != start.month
    number = start.year * 12 + start.month - 1 + months
    year, month = divmod(number, 12)
    following = datetime(year + (month + 1) // 12, (month + 1) % 12 + 1, 1, tzinfo=UTC)
    last = (following - timedelta(days=1)).day
    day = last if at_end else min(start.day, last)
    moved = start.replace(year=year, month=month + 1, day=day)
    return int((moved - _EPOCH) / timedelta(microseconds=1))
