"""Noun 2: the table, split into rows to learn from and rows sealed for evaluation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold.core.disk import refusal
from ninefold.core.errors import RunError
from ninefold_runtime.schema import Column

Array = NDArray[Any]


@dataclass(frozen=True)
class Rows:
    """Rows in wire form. ``columns``: one array of N entries per column (see `ninefold_runtime.wire`).

    ``target``: int64 class codes (positions in ``Problem.classes``), float64 values or texts, N entries; of several
    targets [N, T], codes 0 and 1 or values; of mixed ones both as float64, NaN where a row has none.
    ``groups`` and ``times``: N entries, or None.
    """

    columns: Mapping[str, Array]
    target: Array
    groups: Array | None = None
    times: Array | None = None

    def __len__(self) -> int:
        return len(self.target)

    def take(self, index: Array) -> Rows:
        """The rows at these positions, in their order."""
        return Rows(
            {name: values[index] for name, values in self.columns.items()},
            self.target[index],
            None if self.groups is None else self.groups[index],
            None if self.times is None else self.times[index],
        )


_TARGET, _GROUP, _TIME = "target", "group", "time"


def write_rows(rows: Rows, path: Path) -> None:
    """Store rows as Parquet; positions 0..k-1 name the columns, so that any raw name is safe."""
    columns = [_series(values) for values in rows.columns.values()]
    write_columns(columns, rows.target, None if rows.groups is None else _series(rows.groups), rows.times, path)


def write_columns(columns: Sequence[Any], target: Array, groups: Any, times: Array | None, path: Path) -> None:
    """`write_rows` for columns that are polars Series in wire form already, which spares a copy as Python objects.

    Raises:
        OSError: when the disk is full.
    """
    import polars as pl

    data: dict[str, Any] = {f"c{i}": values for i, values in enumerate(columns)}
    data |= target_columns(target)
    data |= {} if groups is None else {_GROUP: groups}
    data |= {} if times is None else {_TIME: times}
    partial = path.with_suffix(".partial")
    try:
        pl.DataFrame(data).write_parquet(partial, compression="zstd")
    except pl.exceptions.PolarsError as error:
        raise refusal(error) or error from None
    partial.replace(path)


def target_columns(target: Array) -> dict[str, Any]:
    """A target as named columns: ``target``, or ``target0``, ``target1``, … of several."""
    if target.ndim == 1:
        return {_TARGET: _series(target)}
    return {f"{_TARGET}{t}": np.ascontiguousarray(target[:, t]) for t in range(target.shape[1])}


def is_before(times: Array, moment: float, gap: float) -> Array:
    """Which rows lie before a moment; with a ``gap``, those that do not look beyond it."""
    return np.asarray(times < moment if gap <= 0 else times <= moment - gap)


def one_number(target: Array) -> Array:
    """[N]: the target itself; of several, the mean of them standardised, for whoever needs one number per row. What is
    not known counts as the mean."""
    if target.ndim == 1:
        return target
    filled = np.where(np.isnan(target), np.nanmean(target, axis=0), target)
    spread = filled.std(axis=0)
    return np.asarray(((filled - filled.mean(axis=0)) / np.where(spread > 0, spread, 1.0)).mean(axis=1))


def fingerprints(values: Array) -> NDArray[np.uint64]:
    """A number for each array of [N, *shape], the same for equal ones, told by a hash of 64 bits."""
    digests = b"".join(hashlib.blake2b(cell.tobytes(), digest_size=8).digest() for cell in values)
    return np.frombuffer(digests, np.uint64)


def _series(values: Array) -> Any:
    """What polars takes; images and series become one array in each row."""
    import polars as pl

    if values.ndim > 1:
        inner = pl.UInt8 if values.dtype == np.uint8 else pl.Float64
        return pl.Series(values, dtype=pl.Array(inner, values.shape[1:]))
    return values.tolist() if values.dtype.kind == "O" else values


def read_rows(path: Path, names: tuple[str, ...]) -> Rows:
    """Read what `write_rows` stored; ``names`` are the raw column names in order.

    Raises:
        RunError: when the file is missing or is not what was written.
    """
    import polars as pl

    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RunError("NF-E501", f"cannot read the rows in {path}: {error}", hint="start the run again") from error
    columns = {name: _array(frame[f"c{i}"]) for i, name in enumerate(names)}
    extra = {key: _array(frame[key]) for key in (_GROUP, _TIME) if key in frame.columns}
    return Rows(columns, _target(frame), extra.get(_GROUP), extra.get(_TIME))


def _target(frame: Any) -> Array:
    if _TARGET in frame.columns:
        return _array(frame[_TARGET])
    count = sum(name.startswith(_TARGET) for name in frame.columns)
    return np.column_stack([frame[f"{_TARGET}{t}"].to_numpy() for t in range(count)])


def _array(series: Any) -> Array:
    """Equal strings are one object, however many rows hold them: eight bytes for each and not sixty."""
    import polars as pl

    if series.dtype != pl.String:
        values: Array = series.to_numpy()
        return values.astype(object) if values.dtype.kind in "OUT" else values
    different = series.unique(maintain_order=True)
    codes = series.cast(pl.Enum(different)).to_physical().to_numpy()
    shared: Array = different.to_numpy().astype(object)[codes]
    return shared


@dataclass(frozen=True)
class Sealed:
    """Held-out rows. They are read by ``open`` alone, which evaluation calls once; nothing is fitted on them.

    A run that is evaluated again opens them again, and each opening is counted beside the rows.
    """

    path: Path
    names: tuple[str, ...]
    rows: int

    @property
    def openings(self) -> int:
        """How often the rows have been looked at."""
        return self._count.stat().st_size if self._count.exists() else 0

    @property
    def _count(self) -> Path:
        return self.path.with_suffix(".opened")

    def open(self) -> Rows:
        """The rows themselves.

        Raises:
            RunError: when their file is missing or damaged.
        """
        rows = read_rows(self.path, self.names)
        with self._count.open("ab") as count:
            count.write(b".")
        return rows


@dataclass(frozen=True)
class Dataset:
    """The typed columns, the training rows, the sealed rows, and where they came from."""

    columns: tuple[Column, ...]
    """Every usable column except the target, in source order."""
    train_path: Path
    train_rows: int
    sealed: Sealed
    origin: str
    digest: str
    """SHA-256 of the source's content (file bytes, or canonical rows of a query or frame)."""
    sealing: str
    """How the sealed rows were chosen, in words."""
    refused: dict[str, str] = field(default_factory=dict)
    dropped_rows: dict[str, int] = field(default_factory=dict)
    """Rows left out before the split, by reason (no target, exact duplicate …)."""
    beyond: int = 0
    """Rows neither sealed nor learned from, as the budget cannot do with more."""
    unreadable: dict[str, int] = field(default_factory=dict)
    """Values that could not be read as their column's kind, by column."""
    documents: Path | None = None
    """What is searched where a question comes without a passage (`ninefold_runtime.reading.Documents`)."""
    notes: tuple[str, ...] = ()
    """What happened while reading that might surprise (encoding, ragged rows, copies kept together)."""
    twins: float = 0.0
    """Share of the sealed rows that have a twin among the rows to learn from; 0 where chance explains it."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def rows(self) -> Rows:
        """The training rows, read once."""
        return read_rows(self.train_path, self.names)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def class_counts(target: Array, classes: int) -> NDArray[np.int64]:
    """Rows per class code."""
    return np.bincount(target.astype(np.int64), minlength=classes)
