"""The answer to a query through Arrow database connectivity: ``adbc+DRIVER://…``, DRIVER as in ``adbc_driver_DRIVER``.

Source: https://arrow.apache.org/adbc
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ninefold.collect.address import query_to, shown_url
from ninefold.collect.plain import refuse_twins
from ninefold.collect.source import Given, Table
from ninefold.core.errors import SourceError

_SCHEME = "adbc+"


@dataclass(frozen=True)
class Adbc:
    """``adbc+postgresql://user:password@host/database`` with a query; ``adbc+sqlite://path`` for SQLite."""

    def claim(self, given: Given) -> int:
        return 2 * (isinstance(given.data, str) and given.path is None and given.data.startswith(_SCHEME))

    def name(self, given: Given) -> str:
        return shown_url(given.data)

    def read(self, given: Given) -> Table:
        import polars as pl

        shown, query = shown_url(given.data), query_to(given)
        driver, dbapi = _driver(given.data)
        address = given.data.removeprefix(_SCHEME)
        address = address.removeprefix("sqlite://") if driver == "sqlite" else address
        try:
            with closing(dbapi.connect(address)) as connection, closing(connection.cursor()) as cursor:
                cursor.execute(query)
                arrow = cursor.fetch_arrow_table()
        except dbapi.Error as error:
            hint = "check the address, the rights and the query"
            raise SourceError("NF-E109", f"{shown} cannot answer: {error}", hint=hint) from error
        refuse_twins(arrow.column_names)
        return Table(pl.DataFrame(arrow))


def _driver(url: str) -> tuple[str, Any]:
    name = url.removeprefix(_SCHEME).partition("://")[0]
    try:
        import_module("pyarrow")
        return name, import_module(f"adbc_driver_{name}.dbapi")
    except ModuleNotFoundError as error:
        hint = f"pip install adbc-driver-{name} pyarrow"
        raise SourceError("NF-E109", f"{shown_url(url)} needs a package that is not installed", hint=hint) from error
