"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ninefold.collect.source import Given, Table
from ninefold.core.errors import SourceError

if TYPE_CHECKING:
    from polars import DataFrame, LazyFrame

BLOCK = 2_000_000
"""Cells that are read at once where they are not read all."""


@dataclass(frozen=True)
class Parquet:
    """Read by polars alone; types are kept."""

    def claim(self, given: Given) -> int:
        return 2 * (given.head.startswith(b"PAR1") or (given.suffix == ".parquet" and given.path is not None))

    def name(self, given: Given) -> str:
        return str(given.data)

    def blocks(self, given: Given) -> Iterator[DataFrame] | None:
        """A run of rows at a time."""
        import polars as pl

        assert given.path is not None
        lazy = pl.scan_parquet(given.path, glob=False)
        try:
            rows = lazy.select(pl.len()).collect().item()
            step = max(1, BLOCK // max(1, len(lazy.collect_schema())))
        except (OSError, pl.exceptions.PolarsError):
            return None
        return _parts(lazy, range(0, rows, step), given)

    def read(self, given: Given) -> Table:
        import polars as pl

        assert given.path is not None
        try:
            return Table(pl.read_parquet(given.path, glob=False))
        except (OSError, pl.exceptions.PolarsError) as error:
            hint = "write the file again; it is torn or not Parquet"
            raise SourceError("NF-E103", f"{given.data} is not readable as Parquet: {error}", hint=hint) from error


def _parts(lazy: LazyFrame, starts: range, given: Given) -> Iterator[DataFrame]:
    import polars as pl

    try:
        for start in starts:
            yield lazy.slice(start, starts.step).collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        message = f"{given.data} is not readable as Parquet: {error}"
        raise SourceError("NF-E103", message, hint="write the file again; it is torn") from error
