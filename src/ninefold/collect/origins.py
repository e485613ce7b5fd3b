"""A table of moments, read as one with a row for each moment that could have been looked ahead from: what was known
then, and the values that came.

This makes a forecaster of every learner that can predict several numbers (direct multi-step forecasts from windows:
Taieb and others 2012; one model for all series: Montero-Manso and Hyndman 2021). Targets are errors of the seasonal
naive forecast in units of its usual error, so that series of any size count alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace
from numpy.lib.stride_tricks import sliding_window_view

from ninefold.collect.folding import Moments, as_series, moments, notes_of
from ninefold.collect.seasons import season_of, step_of
from ninefold.collect.source import Table
from ninefold.collect.values import wired
from ninefold.core.errors import ColumnError, WishError
from ninefold.core.problem import Wishes
from ninefold.core.table import Array
from ninefold_runtime.folding import member
from ninefold_runtime.forecasting import seasonal, spread, whole
from ninefold_runtime.schema import Column, Folding

if TYPE_CHECKING:
    from polars import DataFrame, Series

MOST = 20_000
"""Rows that are made; where series have more moments, every n-th of them is looked ahead from."""
FEWEST = 10
SEASONS, WEEKS = 3, 7
"""Seasons that a window holds where nothing is said; of a day's hours a week's."""


@dataclass(frozen=True)
class _Origins:
    """``ends`` [N]: where in the table the last moment of each row's window is; ``series`` [N] and ``place`` [N]: of
    which series, and how many of its moments come before the first one ahead."""

    found: Moments
    folding: Folding
    series: Array
    place: Array

    @property
    def ends(self) -> Array:
        return np.array([self.found.series[s][p - 1] for s, p in zip(self.series, self.place, strict=True)], np.intp)

    def windows(self, values: Array) -> Array:
        """[N, W] of a column [moments]."""
        return self._cut(values, self.folding.window, -self.folding.window)

    def ahead(self, values: Array) -> Array:
        """[N, H]"""
        return self._cut(values, self.folding.horizon, 0)

    def _cut(self, values: Array, length: int, offset: int) -> Array:
        made = np.empty((len(self.series), length))
        for number, part in enumerate(self.found.series):
            rows = self.series == number
            if rows.any():
                made[rows] = sliding_window_view(values[part], length)[self.place[rows] + offset]
        return made


def origins(table: Table, wishes: Wishes) -> Table:
    """Raises:
    WishError: NF-E361 without a time or a target. ColumnError: NF-E207 series too short, NF-E213 a target that is no
        number, NF-E221 several rows of one series and moment.
    """
    import polars as pl

    if wishes.time is None or len(wishes.targets) != 1:
        hint = "ninefold run sales.csv --target sales --time date --forecast 24"
        raise WishError("NF-E361", "a forecast needs one target and the column that says when", hint=hint)
    found = moments(table.frame, wishes)
    _refuse_twice(found, wishes)
    target = wishes.targets[0]
    made = _made(found, _target(found.frame, target, wishes), wishes)
    columns, refused, formats = _columns(made, target, wishes)
    frame = pl.DataFrame([*columns, *_ahead(made, found.frame, target, formats)])
    told = f"forecasts of {made.folding.horizon} moments from {made.folding.window}; season of {made.folding.season}"
    notes = (*table.notes, *notes_of(found), f"{len(made.series):,} rows: {told}")
    return Table(frame, notes, refused, made.folding, formats)


def _target(frame: DataFrame, name: str, wishes: Wishes) -> Column:
    if name not in frame.columns:
        hint = f"the columns are: {', '.join(frame.columns[:20])}"
        raise ColumnError("NF-E201", f'there is no column "{name}"', hint=hint)
    column = as_series(frame[name], wishes)
    if column is None:
        message = f'"{name}" is not a number at every moment, and cannot be forecast'
        raise ColumnError("NF-E213", message, hint="choose another target", given=name)
    return column


def _refuse_twice(found: Moments, wishes: Wishes) -> None:
    assert found.times is not None
    if any((np.diff(found.times[part]) == 0).any() for part in found.series):
        whose = f' of one "{wishes.series}"' if wishes.series else ""
        message = f'several rows{whose} have the same "{wishes.time}"'
        raise ColumnError("NF-E221", message, hint="name the column that tells series apart: --series COLUMN")


def _made(found: Moments, target: Column, wishes: Wishes) -> _Origins:
    assert wishes.forecast is not None
    assert found.times is not None
    values = wired(member(target), found.frame[target.name]).to_numpy()
    every, months = step_of(found)
    season = wishes.season or season_of([values[part] for part in found.series], every, months, found.folding.time)
    lengths = np.array([len(part) for part in found.series])
    window = wishes.window or _window(int(np.median(lengths)), season, wishes.forecast)
    season = min(season, window)
    possible = np.maximum(lengths - window - wishes.forecast + 1, 0)
    if possible.sum() < FEWEST:
        message = (
            f"the series have {lengths.min():,} to {lengths.max():,} moments: too few for windows of {window} and "
            f"{wishes.forecast} ahead"
        )
        raise ColumnError("NF-E207", message, hint="look less far ahead, or say a shorter --window")
    stride = max(1, -(-int(possible.sum()) // MOST))
    places = [np.arange(length - wishes.forecast, window - 1, -stride)[::-1] for length in lengths]
    series = np.repeat(np.arange(len(places)), [len(each) for each in places])
    folding = replace(
        found.folding,
        window=window,
        step=stride,
        target=target.name,
        horizon=wishes.forecast,
        season=season,
        every=every,
        months=months,
    )
    return _Origins(found, folding, series, np.concatenate(places))


def _window(length: int, season: int, horizon: int) -> int:
    """Some seasons, as much as is looked ahead, and no more than leaves two thirds of a series to learn from."""
    wanted = max(SEASONS * season, 2 * horizon, WEEKS * season if season == 24 else 0, 8)
    return max(min(wanted, length // 3), min(season + 1, length // 2), 2)


def _columns(made: _Origins, target: str, wishes: Wishes) -> tuple[list[Series], dict[str, str], dict[str, str | None]]:
    """What was known at the last moment of each row: numbers as windows, the target first, all else as it was."""
    import polars as pl

    frame, ends = made.found.frame, made.ends
    columns: list[Series] = []
    refused: dict[str, str] = {}
    formats: dict[str, str | None] = {}
    for name in (target, *(name for name in frame.columns if name != target)):
        raw = frame[name]
        if name in {wishes.series, wishes.time} or not (name == target or made.found.varies(name)):
            columns.append(raw.gather(ends))
        elif (series := as_series(raw, wishes)) is None:
            refused[name] = "varies within a series, and is neither a number nor yes or no"
        else:
            values = wired(member(series), raw).to_numpy()
            columns.append(pl.Series(name, made.windows(values), pl.Array(pl.Float64, made.folding.window)))
            formats[name] = series.format
    return columns, refused, formats


def _ahead(made: _Origins, frame: DataFrame, target: str, formats: dict[str, str | None]) -> list[Series]:
    """The values that came, as errors of the seasonal naive forecast in units of its usual error."""
    import polars as pl

    values = wired(member(Column(name=target, kind="series", format=formats[target])), frame[target]).to_numpy()
    past, folding = whole(made.windows(values)), made.folding
    off = made.ahead(values) - seasonal(past, folding.season, folding.horizon)
    scaled = off / spread(past, folding.season)[:, None]
    return [pl.Series(f"{target}+{ahead}", column) for ahead, column in enumerate(scaled.T, 1)]
