"""Parquet files."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.collect.source import Given, Table
from ninefold.core.errors import SourceError


@dataclass(frozen=True)
class Parquet:
    """Read by polars alone; types are kept."""

    def claim(self, given: Given) -> int:
        return 2 * (given.head.startswith(b"PAR1") or (given.suffix == ".parquet" and given.path is not None))

    def name(self, given: Given) -> str:
        return str(given.data)

    def read(self, given: Given) -> Table:
        import polars as pl

        assert given.path is not None
        try:
            return Table(pl.read_parquet(given.path, glob=False))
        except (OSError, pl.exceptions.PolarsError) as error:
            hint = "write the file again; it is torn or not Parquet"
            raise SourceError("NF-E103", f"{given.data} is not readable as Parquet: {error}", hint=hint) from error
