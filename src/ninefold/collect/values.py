"""Raw columns to wire form, whole columns at a time. Must equal `ninefold_runtime.wire.cells` cell for cell.

Common spellings go through polars; what polars cannot read is given to the scalar reading, once per distinct value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ninefold.collect import images
from ninefold_runtime import wire
from ninefold_runtime.schema import Column

if TYPE_CHECKING:
    from polars import Series

SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What ``str.strip`` strips; polars strips a little less by itself."""

_ISO = (
    (r"^\d{4}-\d{2}-\d{2}$", "%Y-%m-%d"),
    (r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d$", "%Y-%m-%dT%H:%M:%S"),
    (r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:[0-5]\d$", "%Y-%m-%d %H:%M:%S"),
)
_DIRECTIVES = {
    "%Y": r"\d{4}",
    "%m": r"\d{1,2}",
    "%d": r"\d{1,2}",
    "%H": r"\d{1,2}",
    "%M": r"\d{1,2}",
    "%S": r"[0-5]?\d",
}


def wired(column: Column, raw: Series) -> Series:
    """The column in wire form: Float64 (missing NaN), String (missing ''), Int64 (missing NO_TIME) or arrays, no
    nulls."""
    import polars as pl

    if column.kind == "image":
        return images.wired(column, raw)
    if column.wire == "series":
        return _cells(column, raw)
    if column.kind == "boolean":
        return _booleans(raw)
    if column.wire == "number":
        return _numbers(raw, column.format)
    if column.wire == "time":
        return _stamps(raw, column.format).fill_null(int(wire.NO_TIME))
    return texts(raw) if raw.dtype != pl.Null else pl.Series(raw.name, [""] * len(raw), pl.String)


def missing(raw: Series) -> Series:
    """Which cells are missing in the raw column, as a boolean Series."""
    import polars as pl

    if raw.dtype == pl.String:
        return texts(raw) == ""
    return raw.is_null() | raw.is_nan() if raw.dtype.is_float() else raw.is_null()


def absent(values: Series) -> Series:
    """Which entries of a column in wire form are missing; `ninefold_runtime.wire.absent` for Series."""
    import polars as pl

    if isinstance(values.dtype, pl.Array):
        return pl.Series(values.name, wire.absent(values.to_numpy()))
    if values.dtype == pl.Float64:
        return values.is_nan()
    return values == ("" if values.dtype == pl.String else int(wire.NO_TIME))


def texts(raw: Series) -> Series:
    """Every cell as `wire.text` writes it."""
    import polars as pl

    if raw.dtype == pl.String:
        stripped = raw.str.strip_chars(SPACES).fill_null("")
        words = pl.Series(sorted(wire.MISSING_WORDS), dtype=pl.String)
        return stripped.set(stripped.str.to_lowercase().is_in(words.implode()), "")
    if raw.dtype.is_integer() or raw.dtype == pl.Boolean:
        return raw.cast(pl.String).fill_null("")
    return _by_distinct(raw, wire.text, pl.String)


def _cells(column: Column, raw: Series) -> Series:
    """One array in each cell."""
    import polars as pl

    values = wire.cells(column, [cell if cell is None else _plain_list(cell) for cell in raw])
    return pl.Series(raw.name, values, pl.Array(pl.Float64, column.shape))


def _plain_list(cell: Any) -> Any:
    return cell if isinstance(cell, str) else cell.to_list()


def _booleans(raw: Series) -> Series:
    import polars as pl

    if raw.dtype == pl.Boolean:
        return raw.cast(pl.Float64).fill_null(float("nan"))
    return _by_distinct(raw, wire.boolean, pl.Float64)


def _numbers(raw: Series, decimal: str | None) -> Series:
    import polars as pl

    nan = float("nan")
    if raw.dtype == pl.String:
        fast = _plain(raw, decimal).cast(pl.Float64, strict=False)
        values = _completed(raw, fast, lambda value: wire.number(value, decimal))
    elif raw.dtype.is_decimal():
        values = raw.cast(pl.String).cast(pl.Float64)
    elif raw.dtype.is_numeric() or raw.dtype == pl.Boolean:
        values = raw.cast(pl.Float64)
    else:
        values = pl.Series(raw.name, [None] * len(raw), pl.Float64)
    values = values.fill_null(nan)
    return values.set(values.is_infinite(), nan)


def _plain(raw: Series, decimal: str | None) -> Series:
    stripped = raw.str.strip_chars(SPACES)
    if decimal is None:
        return stripped
    bare = stripped.str.replace_all("[ \u00a0\u202f'_$€£¥%]", "")
    if decimal == "point":
        return bare.str.replace_all(",", "", literal=True)
    return bare.str.replace_all(".", "", literal=True).str.replace_all(",", ".", literal=True)


def _stamps(raw: Series, pattern: str | None) -> Series:
    import polars as pl

    if raw.dtype == pl.Date:
        return raw.cast(pl.Datetime("us")).cast(pl.Int64)
    if isinstance(raw.dtype, pl.Datetime):
        return raw.cast(pl.Datetime("us", raw.dtype.time_zone)).cast(pl.Int64)
    if raw.dtype.is_integer() and pattern is None:
        return raw.cast(pl.Int64, strict=False)
    if raw.dtype == pl.String or raw.dtype.is_integer():
        cells = raw.cast(pl.String)
        fast = _fast_stamps(cells.str.strip_chars(SPACES), pattern)
        return _completed(cells, fast, lambda value: wire.stamp(value, pattern))
    return pl.Series(raw.name, [None] * len(raw), pl.Int64)


def _fast_stamps(cells: Series, pattern: str | None) -> Series:
    """Stamps of the cells whose shape leaves polars and Python no room to differ; null elsewhere."""
    import polars as pl

    shapes = _ISO if pattern is None else _shape(pattern)
    found = pl.Series(cells.name, [None] * len(cells), pl.Int64)
    for regex, form in shapes:
        fits = cells.set(~cells.str.contains(regex), None)
        if fits.null_count() == len(fits):
            continue
        if "%H" in form:
            moments = fits.str.to_datetime(form, time_unit="us", strict=False)
        else:
            moments = fits.str.to_date(form, strict=False).cast(pl.Datetime("us"))
        found = moments.cast(pl.Int64).zip_with(moments.is_not_null(), found)
    return found


def _shape(pattern: str) -> tuple[tuple[str, str], ...]:
    """The pattern as a regular expression, if it is made of plain numbers only."""
    parts = re.split(r"(%.)", pattern)
    if any(part.startswith("%") and part not in _DIRECTIVES for part in parts):
        return ()
    return (("^" + "".join(_DIRECTIVES.get(part, re.escape(part)) for part in parts) + "$", pattern),)


def _completed(raw: Series, fast: Series, read: Callable[[object], float | int]) -> Series:
    """``fast`` where it has a value, else the scalar reading of the raw cell."""
    left = fast.is_null() & raw.is_not_null()
    if not left.any():
        return fast
    slow = _by_distinct(raw.set(~left, None), read, fast.dtype)
    return fast.zip_with(~left, slow)


def _by_distinct(raw: Series, read: Callable[[object], Any], dtype: Any) -> Series:
    """``read`` applied to each distinct cell once; nulls too."""
    import polars as pl

    keys = raw.unique().alias("key")
    read_keys = pl.DataFrame({"key": keys, "value": pl.Series([read(v) for v in keys.to_list()], dtype=dtype)})
    joined = raw.to_frame("key").join(read_keys, on="key", how="left", nulls_equal=True, maintain_order="left")
    return joined["value"].alias(raw.name)
