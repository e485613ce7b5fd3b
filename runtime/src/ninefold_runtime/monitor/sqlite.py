"""SQLite as the monitor's store: one file, written by several processes at once."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

BUSY_SECONDS = 5.0
"""How long a writer waits for another one's transaction, which takes milliseconds."""


@dataclass(frozen=True)
class _Sqlite:
    blob: str = "BLOB"
    mark: str = "?"

    def errors(self) -> tuple[type[Exception], ...]:
        return (sqlite3.Error, sqlite3.Warning)

    def connect(self, where: str) -> sqlite3.Connection:
        """With a write-ahead log, so that readers and a writer do not wait for each other; a write survives the
        process that made it, and a loss of power costs the last ones, not the file."""
        place = Path(where).expanduser()
        place.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(place, timeout=BUSY_SECONDS, check_same_thread=False)
        _keep_a_log(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def alone(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")


SQLITE = _Sqlite()


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Going over to the log is refused, not waited for, while another first writer does the same."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
