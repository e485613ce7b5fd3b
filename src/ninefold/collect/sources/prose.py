"""Plain text: a table of one column, ``text``, with a row for each line. A ``.txt`` file that is no table reads so."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.collect.encoding import as_utf8, unpacked
from ninefold.collect.source import Given, Table

COLUMN = "text"
_MARKS = (b"\t", b";", b",", b"|")
_LOOKED = 20


@dataclass(frozen=True)
class Prose:
    """Lines as they are, white space at their ends aside; empty ones are rows without a text."""

    def claim(self, given: Given) -> int:
        return 2 * (given.suffix == ".txt" and not _tabular(given.head))

    def name(self, given: Given) -> str:
        return str(given.data)

    def read(self, given: Given) -> Table:
        import polars as pl

        assert given.path is not None
        data, notes = as_utf8(unpacked(given.path.read_bytes(), given.data), given.data)
        lines = data.decode().split("\n")
        frame = pl.DataFrame({COLUMN: lines[:-1] if lines[-1] == "" else lines}, schema={COLUMN: pl.String})
        return Table(frame, (*notes, "plain text: each line is a row"))


def _tabular(head: bytes) -> bool:
    """Whether the first lines all have the same fields between marks."""
    lines = [line for line in head.split(b"\n")[:-1] if line.strip()][:_LOOKED]
    return any(len({line.count(mark) for line in lines}) == 1 and lines[0].count(mark) > 0 for mark in _MARKS if lines)
