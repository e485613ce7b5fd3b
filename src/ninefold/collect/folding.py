"""A table with a row for each moment, read with a row for each series, or for each window of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ninefold.collect.kinds import KINDS, judged, overridden, unusable
from ninefold.collect.source import Table
from ninefold.collect.values import texts, wired
from ninefold.core.errors import ColumnError, nearest
from ninefold.core.problem import Wishes
from ninefold.core.table import Array
from ninefold.core.words import counted
from ninefold_runtime.folding import ONLY, Places, member, places
from ninefold_runtime.schema import Column, Folding

if TYPE_CHECKING:
    from polars import DataFrame, Series

EVEN = 0.01
"""Steps between moments may differ by this share and are still called even."""


@dataclass(frozen=True)
class Moments:
    """A table of moments, and where those of each series are in it; ``where`` is of windows, if they are wished for."""

    frame: DataFrame
    folding: Folding
    series: list[Places]
    where: list[Places]
    times: Array | None

    def varies(self, name: str) -> bool:
        """Whether a column has different values within some series."""
        return any(self._changes(name, self.series))

    def changing(self, name: str) -> list[bool]:
        """Of each window, whether a column has different values in it."""
        return self._changes(name, self.where)

    def _changes(self, name: str, parts: list[Places]) -> list[bool]:
        codes = self.frame[name].rank("dense").fill_null(0).to_numpy()
        return [bool((codes[part] != codes[part[0]]).any()) for part in parts]


def moments(frame: DataFrame, wishes: Wishes) -> Moments:
    """The moments of each series in order. Raises as `fold` does."""
    for option, name in (("--series", wishes.series), ("--time", wishes.time)):
        if name is not None and name not in frame.columns:
            close = nearest(name, frame.columns)
            hint = f'did you mean "{close[0]}"?' if close else f"the columns are: {', '.join(frame.columns[:20])}"
            raise ColumnError("NF-E201", f'{option}: there is no column "{name}"', hint=hint, suggestions=close)
    time = None if wishes.time is None else _column(frame[wishes.time], wishes)
    if time is not None and time.kind != "datetime":
        time = Column(name=time.name, kind="number", format=time.format)
    window = wishes.window or 0
    folding = Folding(series=wishes.series or "", time=time, window=window, step=wishes.step or window)
    ids = [ONLY] * frame.height if wishes.series is None else texts(frame[wishes.series]).to_list()
    times = None if time is None else wired(time, frame[time.name]).to_numpy()
    series = places(Folding(), ids, times)
    where = places(folding, ids, times) if window else series
    if not where and time is not None:
        message = f'--time: no row has a time in "{time.name}" that can be read'
        raise ColumnError("NF-E207", message, hint="name a column of dates, times or numbers", given=time.name)
    if len(where) < 2 and wishes.forecast is None:
        message = f'--series: "{wishes.series}" names {"no series" if not where else "a single series"}'
        hint = "name the column that says which rows belong together; cut a long recording with --window N"
        raise ColumnError("NF-E207", message, hint=hint)
    return Moments(frame, folding, series, where, times)


def fold(table: Table, wishes: Wishes) -> Table:
    """The table with a row for each series, or for each window of one.

    Raises:
        ColumnError: NF-E201 no column of series or times, NF-E207 fewer than two series, NF-E220 a target that changes
            within a series.
    """
    import polars as pl

    found, varied = _with_one_target(moments(table.frame, wishes), wishes)
    firsts = [int(part[0]) for part in found.where]
    columns: list[Series] = []
    refused: dict[str, str] = {}
    formats: dict[str, str | None] = {}
    for raw in table.frame.iter_columns():
        if raw.name == wishes.series or not found.varies(raw.name) or raw.name in wishes.targets:
            columns.append(raw.gather(firsts))
        elif raw.name == wishes.time:
            refused[raw.name] = "says when"
        elif (series := as_series(raw, wishes)) is None:
            refused[raw.name] = "varies within a series, and is neither a number nor yes or no"
        else:
            values = wired(member(series), raw).to_numpy()
            columns.append(pl.Series(raw.name, [values[part] for part in found.where], pl.List(pl.Float64)))
            formats[raw.name] = series.format
    return Table(pl.DataFrame(columns), (*table.notes, *notes_of(found), *varied), refused, found.folding, formats)


def _with_one_target(found: Moments, wishes: Wishes) -> tuple[Moments, tuple[str, ...]]:
    """Every target must be one throughout a series; of windows those are left out in which it changes."""
    targets = [name for name in wishes.targets if name in found.frame.columns and found.varies(name)]
    if not targets:
        return found, ()
    window = found.folding.window
    if not window:
        message = f'"{targets[0]}" changes within a series of "{wishes.series}"'
        hint = "cut the series with --window N into windows that have one each, or ask for its future: --forecast N"
        raise ColumnError("NF-E220", message, hint=hint, given=targets[0])
    mixed = np.any([found.changing(name) for name in targets], axis=0)
    pure = [part for part, is_mixed in zip(found.where, mixed, strict=True) if not is_mixed]
    if len(pure) < 2:
        message = f'"{targets[0]}" changes within {mixed.sum():,} of {len(mixed):,} windows of {window} moments'
        raise ColumnError("NF-E220", message, hint="choose a shorter --window", given=targets[0])
    note = f"{counted(int(mixed.sum()), 'window')} in which the target changes: left out"
    return replace(found, where=pure), (note,) if mixed.any() else ()


def _column(raw: Series, wishes: Wishes) -> Column:
    kind = wishes.kinds.get(raw.name)
    return overridden(raw, kind) if kind is not None and kind in KINDS else judged(raw)


def as_series(raw: Series, wishes: Wishes) -> Column | None:
    """How a column of numbers or of yes and no is read as series; None of any other."""
    if unusable(raw) or raw.dtype.is_nested():
        return None
    column = _column(raw, wishes)
    if column.kind == "boolean":
        return Column(name=raw.name, kind="series", format="boolean")
    if column.kind == "id":  # numbers that all differ, or words that do
        column = overridden(raw, "number")
        column = judged(raw) if wired(column, raw).is_nan().all() else column
    return Column(name=raw.name, kind="series", format=column.format) if column.kind == "number" else None


def notes_of(found: Moments) -> tuple[str, ...]:
    lengths = [len(part) for part in found.where]
    lost = len(found.frame) - sum(map(len, found.series))
    if not found.folding.series:
        return (*([f"{counted(lost, 'row')} without a time: left out"] if lost else []), *_uneven(found))
    what = (
        f"windows of {found.folding.window} moments" if found.folding.window else f'series by "{found.folding.series}"'
    )
    span = f"{min(lengths):,}" if min(lengths) == max(lengths) else f"{min(lengths):,} to {max(lengths):,}"
    notes = [f"{len(found.frame):,} rows became {len(found.where):,} {what}, {span} moments each"]
    notes += [f"{counted(lost, 'row')} without a series or a time: left out"] if lost else []
    return (*notes, *_uneven(found))


def _uneven(found: Moments) -> tuple[str, ...]:
    """What is said where moments do not lie evenly: their order alone is used."""
    if found.times is None:
        return ()
    steps = np.concatenate([np.diff(found.times[part].astype(np.float64)) for part in found.series])
    if not len(steps) or steps.max() - steps.min() <= EVEN * abs(float(np.median(steps))):
        return ()
    assert found.folding.time is not None
    return (f'the moments of "{found.folding.time.name}" do not lie evenly: their order alone is used',)
