"""Where the monitor keeps its counts: a SQLite file, or PostgreSQL by URL. Counts and answers' ids; never a row.

Each writer (a worker of a service, a command) has a line of its own for each window of time and writes it whole, so
that writers never wait for each other's counts and one that is killed loses what it had not yet written, no more. What
all of them saw is the merge of their lines.

Answers whose callers gave them an id are kept until their label comes, at most `KEPT_DAYS` days and `MOST_ANSWERS` of
them: the id, what was said, and its probabilities.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import msgspec

from ninefold_runtime.errors import MonitorError
from ninefold_runtime.monitor.postgres import POSTGRES, is_postgres
from ninefold_runtime.monitor.sqlite import SQLITE

KEPT_DAYS = 30
MOST_ANSWERS = 1_000_000
KEPT_WINDOWS = 365 * 86_400
"""Seconds after which a window's counts are forgotten."""

_TABLES = (
    "CREATE TABLE IF NOT EXISTS ninefold_windows (bundle TEXT NOT NULL, start DOUBLE PRECISION NOT NULL, "
    "writer TEXT NOT NULL, lines BIGINT NOT NULL, labels BIGINT NOT NULL, written DOUBLE PRECISION NOT NULL, "
    "counts {blob} NOT NULL, "
    "PRIMARY KEY (bundle, start, writer))",
    "CREATE TABLE IF NOT EXISTS ninefold_answers (bundle TEXT NOT NULL, id TEXT NOT NULL, "
    "given DOUBLE PRECISION NOT NULL, answer {blob} NOT NULL, PRIMARY KEY (bundle, id))",
    "CREATE INDEX IF NOT EXISTS ninefold_answers_given ON ninefold_answers (given)",
    "CREATE TABLE IF NOT EXISTS ninefold_states (bundle TEXT NOT NULL PRIMARY KEY, state {blob} NOT NULL)",
)
_PUT_WINDOW = (
    "INSERT INTO ninefold_windows (bundle, start, writer, lines, labels, written, counts) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (bundle, start, writer) DO UPDATE SET lines = excluded.lines, labels = excluded.labels, "
    "written = excluded.written, counts = excluded.counts"
)
_PUT_ANSWER = (
    "INSERT INTO ninefold_answers (bundle, id, given, answer) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (bundle, id) DO UPDATE SET given = excluded.given, answer = excluded.answer"
)
_PUT_STATE = (
    "INSERT INTO ninefold_states (bundle, state) VALUES (?, ?) "
    "ON CONFLICT (bundle) DO UPDATE SET state = excluded.state"
)
_OLDEST_TO_KEEP = "SELECT given FROM ninefold_answers ORDER BY given DESC LIMIT 1 OFFSET ?"


class Window(msgspec.Struct, frozen=True):
    """What one writer counted in a window of time that began at ``start`` (seconds since 1970)."""

    start: float
    writer: str
    rows: int
    written: float
    counts: bytes
    labels: int = 0


class Answer(msgspec.Struct, frozen=True):
    """What was said to a caller who wants to send the label later: a label or a value, and the probabilities in the
    order of the classes."""

    said: str | float
    chances: tuple[float, ...] = ()


class Store(Protocol):
    """A database by its own driver: its words for a column of bytes and for a value that is put in."""

    @property
    def blob(self) -> str: ...
    @property
    def mark(self) -> str: ...
    def connect(self, where: str) -> Any: ...
    def alone(self, connection: Any) -> None:
        """Begin a transaction in which nobody else makes tables."""

    def errors(self) -> tuple[type[Exception], ...]:
        """What it raises when it does not do what it is told."""


class History:
    """One open connection, to be used by one thread at a time.

    Raises:
        MonitorError: NF-R501 when the store cannot be opened, NF-R502 when it does not take or give what is asked.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self._store: Store = POSTGRES if is_postgres(where) else SQLITE
        self._connection: Any = self._open()

    @property
    def shown(self) -> str:
        """Where it is, without a password."""
        head, at, tail = self.where.rpartition("@")
        return f"{head.split('://')[0]}://…@{tail}" if at and "://" in head else self.where

    def put_window(self, bundle: str, window: Window) -> None:
        size = window.rows, window.labels
        values = (bundle, window.start, window.writer, *size, window.written, window.counts)
        self._change([(_PUT_WINDOW, [values])])

    def windows(self, bundle: str, since: float = 0.0, written: float = 0.0, whole: float = 0.0) -> list[Window]:
        """The windows that began at ``since`` or later and were written at ``written`` or later, the oldest first; of
        those that began before ``whole`` only the ones in which labels came."""
        asked = (
            "SELECT start, writer, lines, written, counts, labels FROM ninefold_windows "
            "WHERE bundle = ? AND start >= ? AND written >= ? AND (start >= ? OR labels > 0) ORDER BY start, writer"
        )
        found = self._ask(asked, (bundle, since, written, whole))
        return [Window(s, w, int(n), t, bytes(c), int(k)) for s, w, n, t, c, k in found]

    def put_answers(self, bundle: str, answers: Sequence[tuple[str, Answer]], now: float | None = None) -> None:
        """The later of two answers with one id counts. Those that are too old, or too many, are forgotten."""
        at = time.time() if now is None else now
        lines = [(bundle, name, at, msgspec.json.encode(answer)) for name, answer in answers]
        many = self._ask(_OLDEST_TO_KEEP, (MOST_ANSWERS,))
        before = max([at - KEPT_DAYS * 86_400, *(row[0] for row in many)])
        self._change([(_PUT_ANSWER, lines), ("DELETE FROM ninefold_answers WHERE given <= ?", [(before,)])])

    def take_answers(self, bundle: str, ids: Sequence[str]) -> dict[str, Answer]:
        """The answers with these ids, which are forgotten: their labels have come."""
        found: dict[str, Answer] = {}
        gone = "DELETE FROM ninefold_answers WHERE bundle = ? AND id = ? RETURNING answer"
        with self._told() as run:
            for name in ids:
                for (answer,) in run(gone, (bundle, name)):
                    found[name] = msgspec.json.decode(bytes(answer), type=Answer)
        return found

    def waiting(self, bundle: str) -> int:
        """Answers whose labels have not come."""
        return int(self._ask("SELECT COUNT(*) FROM ninefold_answers WHERE bundle = ?", (bundle,))[0][0])

    def put_state(self, bundle: str, state: bytes) -> None:
        self._change([(_PUT_STATE, [(bundle, state)])])

    def state(self, bundle: str) -> bytes | None:
        found = self._ask("SELECT state FROM ninefold_states WHERE bundle = ?", (bundle,))
        return bytes(found[0][0]) if found else None

    def forget(self, now: float) -> None:
        """Windows of more than a year ago."""
        self._change([("DELETE FROM ninefold_windows WHERE start < ?", [(now - KEPT_WINDOWS,)])])

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> Any:
        troubles: tuple[type[Exception], ...] = (*self._store.errors(), OSError)
        try:
            return self._prepared(self._store.connect(self.where))
        except troubles as error:
            hint = "name a file in a folder that may be written, a postgresql:// URL, or say --monitor off"
            message = f"the monitor's history {self.shown} cannot be opened: {_why(error)}"
            raise MonitorError("NF-R501", message, hint=hint) from error

    def _prepared(self, connection: Any) -> Any:
        """The tables are made by whoever comes first, in one transaction that others wait for."""
        self._store.alone(connection)
        for table in _TABLES:
            connection.execute(table.format(blob=self._store.blob))
        connection.commit()
        return connection

    def _ask(self, sql: str, values: tuple[object, ...]) -> list[Any]:
        with self._told() as run:
            found: list[Any] = run(sql, values)
            return found

    def _change(self, orders: Sequence[tuple[str, Sequence[tuple[object, ...]]]]) -> None:
        with self._told() as run:
            for sql, lines in orders:
                for values in lines:
                    run(sql, values)

    @contextmanager
    def _told(self) -> Iterator[Any]:
        """One transaction. After a failure the connection is made anew: the store may have come back."""
        if self._connection is None:
            self._connection = self._open()
        try:
            yield self._run
            self._connection.commit()
        except self._store.errors() as error:
            with suppress(*self._store.errors()):
                self.close()
            self._connection = None
            message = f"the monitor's history {self.shown} fails: {_why(error)}"
            raise MonitorError("NF-R502", message, hint="predictions go on; look at the store") from error

    def _run(self, sql: str, values: tuple[object, ...]) -> list[Any]:
        cursor = self._connection.execute(sql.replace("?", self._store.mark), values)
        return list(cursor.fetchall()) if cursor.description else []


def _why(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
