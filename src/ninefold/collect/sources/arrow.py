"""Arrow IPC files and streams, Feather 2 included."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.collect.source import Given, Table
from ninefold.core.errors import SourceError

_ENDINGS = {".arrow", ".feather", ".ipc", ".arrows"}


@dataclass(frozen=True)
class Arrow:
    """Read by polars alone; types are kept."""

    def claim(self, given: Given) -> int:
        return 2 * (given.head.startswith(b"ARROW1") or given.suffix in _ENDINGS)

    def name(self, given: Given) -> str:
        return str(given.data)

    def read(self, given: Given) -> Table:
        import polars as pl

        assert given.path is not None
        try:
            if given.head.startswith(b"ARROW1"):
                return Table(pl.read_ipc(given.path))
            return Table(pl.read_ipc_stream(given.path))
        except (OSError, pl.exceptions.PolarsError) as error:
            hint = "write the file again; it is torn or not Arrow"
            raise SourceError("NF-E103", f"{given.data} is not readable as Arrow: {error}", hint=hint) from error
