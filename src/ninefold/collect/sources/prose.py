"""Plain text: a table of one column, ``text``, with a row for each line. A ``.txt`` file that is no table reads so."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.collect.encoding import as_utf8, unpacked
from ninefold.collect.source import Given, Table
from ninefold_runtime.rows import tabular
from ninefold_runtime.table import LINES


@dataclass(frozen=True)
class Prose:
    """Lines as they are, white space at their ends aside; empty ones are rows without a text."""

    def claim(self, given: Given) -> int:
        return 2 * (given.suffix == ".txt" and not _is_table(given.head))

    def name(self, given: Given) -> str:
        return str(given.data)

    def read(self, given: Given) -> Table:
        import polars as pl

        assert given.path is not None
        data, notes = as_utf8(unpacked(given.path.read_bytes(), given.data), given.data)
        lines = data.decode().split("\n")
        frame = pl.DataFrame({LINES: lines[:-1] if lines[-1] == "" else lines}, schema={LINES: pl.String})
        return Table(frame, (*notes, "plain text: each line is a row"))


def _is_table(head: bytes) -> bool:
    return tabular(head.decode(errors="replace").split("\n")[:-1])
