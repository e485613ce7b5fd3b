"""How far moments are apart, and after how many of them a series comes again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ninefold.collect.folding import Moments
from ninefold.core.table import Array
from ninefold_runtime.schema import Column

SECOND = 1_000_000
DAY = 86_400 * SECOND
MONTHS = ((1, 27, 32), (3, 89, 93), (12, 364, 367))
"""Months, and the days that they may have."""
OF_MONTHS = {1: 12, 3: 4, 12: 1}
LONGEST = 400
LIKE = 0.3
"""Autocorrelation of the changes from which on a series is taken to come again."""


def step_of(found: Moments) -> tuple[float, int]:
    """The median step, in the unit of the times, and in whole months (0 where it is none)."""
    assert found.times is not None
    steps = np.concatenate([np.diff(found.times[part].astype(np.float64)) for part in found.series])
    every = float(np.median(steps)) if len(steps) else 1.0
    if found.folding.time is None or found.folding.time.kind != "datetime":
        return every, 0
    days = every / DAY
    return every, next((months for months, low, high in MONTHS if low <= days <= high), 0)


def season_of(series: Sequence[Array], every: float, months: int, time: Column | None) -> int:
    """By the calendar: a year of months, a year of weeks, a week of days, a day of what is shorter; else, and where
    the series are too short for it, the lag at which their changes are most alike."""
    longest = max(map(len, series))
    if months:
        by_calendar = OF_MONTHS[months]
    elif time is None or time.kind != "datetime":
        by_calendar = 0
    elif every >= 6 * DAY:
        by_calendar = 52 if every <= 8 * DAY else 1
    elif every > DAY / 2:
        by_calendar = 7 if every <= DAY else 1
    else:
        by_calendar = round(DAY / every) if DAY / every <= LONGEST else 60
    return by_calendar if by_calendar and 3 * by_calendar <= longest else _by_likeness(series)


def _by_likeness(series: Sequence[Array]) -> int:
    """The lag of the highest peak of the mean autocorrelation of the changes; 1 where none is high."""
    longest = min(max(map(len, series)) // 3, LONGEST)
    lags = np.arange(1, longest + 1)
    found = [_autocorrelations(np.diff(values[np.isfinite(values)]), lags) for values in series[:100]]
    if longest < 3 or not found:
        return 1
    mean = np.mean(found, axis=0)
    peaks = [i for i in range(1, len(mean) - 1) if mean[i] > mean[i - 1] and mean[i] >= mean[i + 1]]
    best = max(peaks, key=lambda i: mean[i], default=None)
    return 1 if best is None or mean[best] < LIKE else int(lags[best])


def _autocorrelations(changes: Array, lags: Array) -> Array:
    centred = changes - changes.mean() if len(changes) else changes
    power = float(centred @ centred)
    if not power:
        return np.zeros(len(lags))
    return np.array([centred[lag:] @ centred[:-lag] / power if lag < len(centred) else 0.0 for lag in lags])
