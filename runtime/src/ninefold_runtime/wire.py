"""Cells become arrays: the one reading of values that training, serving and monitoring share.

A number that cannot be read becomes NaN, a datetime that cannot be read the missing stamp, a missing string ''.
Reading never raises for a value; `Wired.unreadable` counts what was lost, so that the caller can say so.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, overload

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime import pictures
from ninefold_runtime.schema import Column, Schema, Wire

NO_TIME = np.iinfo(np.int64).min
_LAST_TIME = np.iinfo(np.int64).max
DTYPE: dict[Wire, Any] = {
    "number": np.float64,
    "text": object,
    "time": np.int64,
    "pixels": np.uint8,
    "series": np.float64,
}
MISSING_WORDS = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "?", "-", "--", "nil", "<na>", "missing"})
TRUE_WORDS = frozenset({"true", "yes", "t", "y", "1", "1.0", "on"})
FALSE_WORDS = frozenset({"false", "no", "f", "n", "0", "0.0", "off"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_VALUE = frozenset({"NAType", "NaTType"})
"""pandas' own missing values, by name: pandas need not be installed."""
_NOT_DIGITS = str.maketrans("", "", " \u00a0\u202f'_$€£¥%")


@dataclass(frozen=True)
class Wired:
    """``arrays`` by column name, one entry per row; ``unreadable`` counts values that became missing, by column."""

    arrays: dict[str, NDArray[np.generic]]
    unreadable: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Coded(Sequence[object]):
    """A column as its different ``values`` and, of each row, which of them it has, -1 where it has none."""

    values: Sequence[object]
    codes: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, place: int) -> object: ...
    @overload
    def __getitem__(self, place: slice) -> Coded: ...
    def __getitem__(self, place: int | slice) -> object:
        if isinstance(place, slice):
            return Coded(self.values, self.codes[place])
        code = int(self.codes[place])
        return None if code < 0 else self.values[code]


def is_missing(value: object) -> bool:
    if value is None or (isinstance(value, float) and math.isnan(value)) or type(value).__name__ in _NO_VALUE:
        return True
    return isinstance(value, str) and value.strip().lower() in MISSING_WORDS


def number(value: object, decimal: str | None = None) -> float:
    """One finite number, NaN where there is none (infinity is none: no statistic survives it).

    ``decimal`` is Column.format: "comma" reads 1.234,5 and "point" 1,234.5.
    """
    try:
        read = float(_plain(value, decimal) if isinstance(value, str) else value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return read if math.isfinite(read) else math.nan


def _plain(text: str, decimal: str | None) -> str:
    if decimal is None:
        return text.strip() if "_" not in text else "nan"
    text = text.strip().translate(_NOT_DIGITS)
    return text.replace(".", "").replace(",", ".") if decimal == "comma" else text.replace(",", "")


def boolean(value: object) -> float:
    """1.0, 0.0, or NaN for what is neither."""
    word = str(value).strip().lower()
    return 1.0 if word in TRUE_WORDS else 0.0 if word in FALSE_WORDS else math.nan


def text(value: object) -> str:
    """The string that enters the graph; '' where missing. Numbers lose a trailing ``.0`` so that 3 and 3.0 agree."""
    if is_missing(value):
        return ""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def stamp(value: object, pattern: str | None = None) -> int:
    """Microseconds since 1970 in UTC (naive stamps are taken as UTC), NO_TIME where there is none.

    A whole number is such a count itself, unless the column's ``pattern`` is made of digits (20240131).
    """
    if is_missing(value):
        return int(NO_TIME)
    if isinstance(value, np.generic):
        value = value.astype("M8[us]").item() if isinstance(value, np.datetime64) else value.item()
    if isinstance(value, int) and abs(value) > _LAST_TIME:
        return int(NO_TIME)
    if pattern and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        value = _parsed(value.strip(), pattern)
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        delta = moment - _EPOCH
        return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
    if isinstance(value, date):
        return (value - _EPOCH.date()).days * 86_400_000_000
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else int(NO_TIME)


def _parsed(value: str, pattern: str | None) -> datetime | None:
    try:
        return datetime.strptime(value, pattern) if pattern else datetime.fromisoformat(value)
    except ValueError:
        return None


def series(value: object, column: Column) -> NDArray[np.float64]:
    """One series [T] of the column's length: a list or array of numbers, or such a list as JSON text.

    What is shorter is NaN where it has ended; what is longer is cut there.
    """
    length = column.shape[0]
    given = _members(value)
    given = given[-length:] if column.latest else given[:length]
    made = np.full(length, np.nan)
    if isinstance(given, np.ndarray) and given.dtype.kind in "fiu":
        read = _finite(given.astype(np.float64))
    else:
        one = boolean if column.format == "boolean" else partial(number, decimal=column.format)
        read = np.array([one(each) for each in given], np.float64)
    made[length - len(read) if column.latest else 0 :][: len(read)] = read
    return made


def _members(value: object) -> Sequence[object] | NDArray[Any]:
    """The values of a series; none where it is none."""
    if isinstance(value, str):
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.json.decode(value, type=list[float | bool | str | None])
        return ()
    return value if isinstance(value, (list, tuple)) or getattr(value, "ndim", 0) == 1 else ()  # type: ignore[return-value]


def cells(column: Column, values: Iterable[object]) -> NDArray[np.generic]:
    """The array of one column: float64, object array of str, int64, or whole images and series; see
    `ninefold_runtime.schema.Wire`."""
    if column.wire == "pixels":
        return _images(column, values)
    if column.wire == "series":
        made = [series(value, column) for value in values]
        return np.array(made, np.float64).reshape(len(made), *column.shape)
    return _single(column, values)


def _single(column: Column, values: Iterable[object]) -> NDArray[np.generic]:
    """Of a column with one value in each cell."""
    read = reading(column)
    if isinstance(values, Coded):
        return np.array([*map(read, values.values), read(None)], DTYPE[column.wire])[values.codes]
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiu" and column.kind == "number":
        return _finite(values.astype(np.float64))
    kept = values if isinstance(values, Sequence) else list(values)
    return _listed(column, kept, read)


def _listed(column: Column, kept: Sequence[object], read: Callable[[object], Any]) -> NDArray[np.generic]:
    if len(kept) < _FEW:
        return np.array([read(value) for value in kept], DTYPE[column.wire])
    kinds = set(map(type, kept))
    if column.kind == "number" and kinds <= _NUMBERS:
        with contextlib.suppress(OverflowError):  # of whole numbers beyond all floats, which reading makes NaN
            return _finite(np.array(kept, np.float64))
    if kinds <= _WORDS:
        known = {value: read(value) for value in set(kept)}
        return np.array([known[value] for value in kept], DTYPE[column.wire])
    return np.array([read(value) for value in kept], DTYPE[column.wire])


def _images(column: Column, values: Iterable[object]) -> NDArray[np.generic]:
    if isinstance(values, np.ndarray) and values.dtype == np.uint8 and values.shape[1:] == column.shape:
        return values
    return pictures.many(values, column.shape)


_FEW = 64
"""Of so few cells looking for a quicker way takes longer than reading them one by one."""
_NUMBERS = frozenset({float, int, type(None)})
_WORDS = frozenset({str, type(None)})
"""Types whose equal values read alike; of others 1, 1.0 and True would be one value."""


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Infinity is no number; the array is changed in place."""
    values[~np.isfinite(values)] = np.nan
    return values


def reading(column: Column) -> Callable[[object], Any]:
    """The function that reads one cell of a column."""
    if column.wire == "series":
        return partial(series, column=column)
    if column.wire == "pixels":
        return partial(pictures.pixels, shape=column.shape)
    if column.kind == "boolean":
        return boolean
    if column.wire == "number":
        return partial(number, decimal=column.format)
    if column.wire == "time":
        return partial(stamp, pattern=column.format)
    return text


def cell_means(array: NDArray[Any]) -> NDArray[np.float64]:
    """[N]: the mean of each cell of images or series [N, ...], over what is there; NaN where nothing is."""
    cells = array.reshape(len(array), -1).astype(np.float64)
    there = np.isfinite(cells)
    count = there.sum(axis=1)
    with np.errstate(over="ignore"):
        sums = np.where(there, cells, 0.0).sum(axis=1)
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan)


def absent(array: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Which entries of a wired array are missing: of images those that are black, of series those without a value."""
    if array.ndim > 1:
        nothing = np.isnan(array) if array.dtype.kind == "f" else array == 0
        return np.array(nothing.all(axis=tuple(range(1, array.ndim))), np.bool_)
    if array.dtype.kind == "f":
        return np.array(np.isnan(array), np.bool_)
    return np.array(array == (NO_TIME if array.dtype.kind == "i" else ""), np.bool_)


def from_columns(schema: Schema, columns: Mapping[str, Sequence[object]], rows: int) -> Wired:
    """Wire a table given column by column; columns the schema knows and the table lacks are missing in every row."""
    arrays: dict[str, NDArray[np.generic]] = {}
    unreadable: dict[str, int] = {}
    for column in schema.columns:
        values = columns.get(column.name)
        given = [None] * rows if values is None else values
        array = cells(column, given)
        arrays[column.name] = array
        if values is not None and column.wire != "text":
            lost = _lost(given, array)
            if lost:
                unreadable[column.name] = lost
    return Wired(arrays, unreadable)


def _lost(given: Any, array: NDArray[np.generic]) -> int:
    """How many values could not be read."""
    if isinstance(given, np.ndarray) and given.dtype.kind == "f":
        return int(np.count_nonzero(np.isinf(given)))
    return int(sum(not is_missing(given[int(i)]) for i in np.flatnonzero(absent(array))))
