"""The answer to a query, from any database that SQLAlchemy reaches (extra ``sql``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ninefold.collect.address import query_to, shown_url
from ninefold.collect.plain import frame_of_rows
from ninefold.collect.source import Given, Table
from ninefold.core.errors import MissingExtra, SourceError


@dataclass(frozen=True)
class Sql:
    """``dialect+driver://user:password@host/database`` with a query; the password is never shown."""

    def claim(self, given: Given) -> int:
        return int(isinstance(given.data, str) and given.path is None and "://" in given.data)

    def name(self, given: Given) -> str:
        return shown_url(given.data)

    def read(self, given: Given) -> Table:
        shown, query = shown_url(given.data), query_to(given)
        engine, sqlalchemy = _engine(given.data)
        try:
            with engine.connect() as connection:
                answer = connection.execute(sqlalchemy.text(query))
                if not answer.returns_rows:
                    raise SourceError("NF-E109", "the query returns no table", hint="write a SELECT")
                return Table(frame_of_rows(list(answer.keys()), (tuple(row) for row in answer)))
        except sqlalchemy.exc.SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            hint = "check the address, the rights and the query"
            raise SourceError("NF-E109", f"{shown} cannot answer: {reason}", hint=hint) from error
        finally:
            engine.dispose()


def _engine(url: str) -> tuple[Any, Any]:
    try:
        import sqlalchemy
    except ModuleNotFoundError as error:
        raise MissingExtra.of("reading from a database", "sql") from error
    try:
        return sqlalchemy.create_engine(url), sqlalchemy
    except ModuleNotFoundError as error:
        hint = f"pip install {error.name}"
        raise SourceError("NF-E109", f"{shown_url(url)} needs the driver {error.name}", hint=hint) from error
    except sqlalchemy.exc.SQLAlchemyError as error:
        hint = "write dialect+driver://user:password@host/database"
        raise SourceError("NF-E109", f"{shown_url(url)} is no database address: {error}", hint=hint) from error
