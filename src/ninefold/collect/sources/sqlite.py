"""SQLite files: the only table, or the answer to a query. The file is opened for reading only."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from ninefold.collect.plain import frame_of_rows
from ninefold.collect.source import Given, Table
from ninefold.core.errors import SourceError

_TABLES = "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%' order by name"


@dataclass(frozen=True)
class Sqlite:
    def claim(self, given: Given) -> int:
        return 3 * given.head.startswith(b"SQLite format 3\0")

    def name(self, given: Given) -> str:
        return str(given.data)

    def read(self, given: Given) -> Table:
        assert given.path is not None
        try:
            with closing(sqlite3.connect(f"{given.path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
                cursor = connection.execute(given.query or _whole_table(connection, given))
                if cursor.description is None:
                    raise SourceError("NF-E109", "the query returns no table", hint="write a SELECT")
                return Table(frame_of_rows([field[0] for field in cursor.description], cursor))
        except sqlite3.Error as error:
            hint = "check the query and the file"
            raise SourceError("NF-E109", f"SQLite cannot answer from {given.data}: {error}", hint=hint) from error


def _whole_table(connection: sqlite3.Connection, given: Given) -> str:
    tables = [row[0] for row in connection.execute(_TABLES)]
    if len(tables) != 1:
        hint = f'give a query that reads one, for example "{tables[0]}"' if tables else "fill it first"
        message = f"{given.data} has {len(tables)} tables" + (f": {', '.join(tables[:10])}" if tables else "")
        raise SourceError("NF-E109", message, hint=hint, tables=tables)
    quoted = tables[0].replace('"', '""')
    return f'select * from "{quoted}"'  # noqa: S608  the name comes from the database's own catalogue and is quoted
