"""A table in chunks of rows: of large files no more than one is held, other tables are read whole first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ninefold.collect.source import Given, Source

if TYPE_CHECKING:
    from polars import DataFrame

LARGE = 1 << 22
"""Bytes of a file from which on it is read in blocks."""
ROWS = 50_000


@runtime_checkable
class InBlocks(Protocol):
    """A reader that can read a file block by block."""

    def blocks(self, given: Given) -> Iterator[DataFrame] | None:
        """None where this file has to be read whole."""
        ...


def chunked(source: Source, large: int = LARGE) -> Iterator[DataFrame]:
    """Frames of at most `ROWS` rows.

    Raises:
        SourceError: when the table cannot be read.
    """
    given, frames = source.given, None
    if given.path is not None and given.path.stat().st_size >= large and isinstance(source.reader, InBlocks):
        frames = source.reader.blocks(given)
    for frame in [source.frame] if frames is None else frames:
        yield from frame.iter_slices(ROWS)
