"""CSV and its relatives: comma, semicolon, tab or pipe between fields, any encoding, gzip or not."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.collect.delimited import read_delimited
from ninefold.collect.encoding import as_utf8, unpacked
from ninefold.collect.source import Given, Table


@dataclass(frozen=True)
class Csv:
    """The reader of files that no other reader knows; columns stay text."""

    def claim(self, given: Given) -> int:
        return int(given.path is not None)

    def name(self, given: Given) -> str:
        return str(given.data)

    def read(self, given: Given) -> Table:
        assert given.path is not None
        data, notes = as_utf8(unpacked(given.path.read_bytes(), given.data), given.data)
        table = read_delimited(data, given.data)
        return Table(table.frame, (*notes, *table.notes))
