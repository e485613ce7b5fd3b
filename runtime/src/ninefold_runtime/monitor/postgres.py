"""PostgreSQL as the monitor's store, by psycopg (extra ``postgres``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ninefold_runtime.errors import MonitorError

_SCHEMES = ("postgresql://", "postgres://")
_TURN = 4_906_553_112
"""The number of the lock under which tables are made: any would do, so long as all writers know it."""


@dataclass(frozen=True)
class _Postgres:
    blob: str = "BYTEA"
    mark: str = "%s"

    def errors(self) -> tuple[type[Exception], ...]:
        return (_driver().Error,)

    def connect(self, where: str) -> Any:
        return _driver().connect(where, connect_timeout=5)

    def alone(self, connection: Any) -> None:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_TURN,))


POSTGRES = _Postgres()


def is_postgres(where: str) -> bool:
    return where.startswith(_SCHEMES)


def _driver() -> Any:
    try:
        import psycopg
    except ImportError as error:
        hint = "pip install 'ninefold-runtime[postgres]'"
        raise MonitorError("NF-R503", "a history in PostgreSQL needs the driver psycopg", hint=hint) from error
    return psycopg
