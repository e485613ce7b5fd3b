"""A raw column summed up as its distinct values with their counts: all that the choice of its kind looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ninefold.collect.values import SPACES
from ninefold_runtime.wire import MISSING_WORDS

if TYPE_CHECKING:
    from polars import Series

_SAMPLE = 20_000


@dataclass(frozen=True)
class Tally:
    """``values`` are the distinct cells that are not missing (text stripped), ``counts`` their numbers of rows.

    Shares are shares of the cells that are not missing. For columns of very many values, ``values`` is a sample of
    them, and ``distinct`` still counts all.
    """

    name: str
    rows: int
    filled: int
    distinct: int
    values: Series
    counts: Series
    typed: bool
    sorted_steps: bool
    """Whole numbers that go up by one from row to row."""

    @property
    def missing(self) -> int:
        return self.rows - self.filled

    @property
    def unique(self) -> bool:
        return self.distinct == self.filled

    def share(self, which: Series) -> float:
        """Share of cells whose value is among ``which`` (a mask over ``values``)."""
        total = int(self.counts.sum())
        return int(self.counts.filter(which).sum()) / total if total else 0.0

    def where(self, regex: str) -> float:
        return self.share(self.texts.str.contains(regex))

    @cached_property
    def texts(self) -> Series:
        import polars as pl

        return self.values if self.values.dtype == pl.String else self.values.cast(pl.String)

    def mean(self, of: Callable[[Series], Series]) -> float:
        """Mean over cells of a number per value."""
        return float((of(self.texts) * self.counts).sum()) / max(1, int(self.counts.sum()))


def tallied(raw: Series) -> Tally:
    """Count the values of a column; missing words count as missing."""
    import polars as pl

    table = raw.alias("value").to_frame().group_by("value", maintain_order=True).agg(pl.len().alias("count"))
    if raw.dtype == pl.String:
        table = _merged(table)
    elif raw.dtype.is_float():
        table = table.filter(pl.col("value").is_finite())
    table = table.drop_nulls()
    filled, distinct = int(table["count"].sum()), table.height
    sample = table.sample(_SAMPLE, seed=0) if distinct > _SAMPLE else table
    steps = distinct == filled == len(raw) and _goes_up(raw)
    return Tally(raw.name, len(raw), filled, distinct, sample["value"], sample["count"], raw.dtype != pl.String, steps)


def _merged(table: Any) -> Any:
    """Values that differ by surrounding space only are one; missing words are none."""
    import polars as pl

    bare = table.with_columns(pl.col("value").str.strip_chars(SPACES))
    bare = bare.filter(~pl.col("value").str.to_lowercase().is_in(sorted(MISSING_WORDS)))
    if bare["value"].n_unique() == bare.height:
        return bare
    return bare.group_by("value", maintain_order=True).agg(pl.col("count").sum())


def _goes_up(raw: Series) -> bool:
    import polars as pl

    whole = raw.cast(pl.Int64, strict=False) if raw.dtype == pl.String or raw.dtype.is_integer() else None
    return whole is not None and whole.null_count() == 0 and bool((whole.diff().drop_nulls() == 1).all())
