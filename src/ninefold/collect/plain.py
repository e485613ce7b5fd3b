"""Python values to raw columns: what database drivers, JSON and pandas hand over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ninefold.core.errors import ColumnError, SourceError
from ninefold_runtime import wire

if TYPE_CHECKING:
    from polars import DataFrame, Series


def frame_of(columns: Mapping[str, Sequence[Any]]) -> DataFrame:
    """A frame of raw columns from columns of Python values; mixed columns become text.

    Raises:
        SourceError: NF-E106 when the columns differ in length.
    """
    import polars as pl

    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} has {count}" for name, count in list(lengths.items())[:4])
        raise SourceError("NF-E106", f"the columns differ in length: {shown}", hint="give each the same number of rows")
    return pl.DataFrame([series_of(str(name), values) for name, values in columns.items()])


def frame_of_rows(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> DataFrame:
    """A frame from row tuples, as database cursors give them."""
    refuse_twins(names)
    by_column = list(zip(*rows, strict=True)) or [()] * len(names)
    return frame_of(dict(zip(names, by_column, strict=True)))


def series_of(name: str, values: Sequence[Any]) -> Series:
    """One raw column. Values of one type keep it; a mixture becomes text, cell by cell as `wire.text` writes it."""
    import polars as pl

    bare = [None if type(value).__name__ in {"NAType", "NaTType"} else value for value in values]
    try:
        return pl.Series(name, bare, strict=True)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        pass
    if all(value is None or isinstance(value, (int, float)) for value in bare):
        return pl.Series(name, [_float(value) for value in bare], pl.Float64)
    return pl.Series(name, [_text(value) for value in bare], pl.String)


def _float(value: float | None) -> float | None:
    """Whole numbers beyond 64 bits and mixtures of whole and broken numbers meet as floats."""
    try:
        return None if value is None else float(value)
    except OverflowError:
        return float("inf")


def _text(value: object) -> str | None:
    if isinstance(value, str) or value is None:
        return value
    return wire.text(value)


def refuse_twins(names: Iterable[str]) -> None:
    """Raises:
    ColumnError: NF-E206 when a column name occurs twice.
    """
    seen: set[str] = set()
    twins = [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
    if twins:
        shown = ", ".join(f'"{name}"' for name in sorted(set(twins))[:5])
        raise ColumnError(
            "NF-E206",
            f"column names must differ, but these occur more than once: {shown}",
            hint="rename the columns in the source",
            columns=sorted(set(twins)),
        )
