"""The service as an ASGI application: a request is read, checked against the schema, and answered by the graph."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import msgspec

from ninefold_runtime import explaining, intake, openapi, page, web
from ninefold_runtime.beside import beside
from ninefold_runtime.errors import ExplainError, TableError
from ninefold_runtime.model import Predictions
from ninefold_runtime.schema import Schema
from ninefold_runtime.served import Fleet, Served
from ninefold_runtime.table import csv_columns, json_lines
from ninefold_runtime.telemetry import Traffic, exposition
from ninefold_runtime.web import Receive, Refused, Response, Scope, Send
from ninefold_runtime.write import as_csv

LARGEST_BODY = 16 << 20
INLINE_ROWS = 32
"""Larger requests are computed in a thread, so that the loop goes on answering small ones."""
_OPEN = {"/health/live", "/health/ready"}


@dataclass
class App:
    """Serves a fleet. ``token`` None asks for none. ``ready`` turns False when the service shuts down."""

    fleet: Fleet
    token: str | None = None
    ready: bool = True

    def __post_init__(self) -> None:
        self._traffic = Traffic()
        self._explaining = asyncio.Lock()
        self._open: dict[str, Callable[[], Response]] = {
            "/metrics": self._metrics,
            "/health/live": lambda: web.as_json({"status": "live"}),
            "/health/ready": self._readiness,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        try:
            response = await self._answer(path, scope, receive)
        except Refused as refused:
            response = refused.response()
        known = path in self._open or path in _ABOUT or path in _ASKED
        self._traffic.answered(path if known else "other", response.status)
        await web.respond(send, response, head=scope["method"] == "HEAD")

    async def _answer(self, path: str, scope: Scope, receive: Receive) -> Response:
        if path not in _OPEN:
            web.check_token(scope, self.token)
        if path in _ASKED:
            _only(scope, "POST")
            body = await web.body(scope, receive, LARGEST_BODY)
            served = self.fleet.of()
            return await (_predict(served, scope, body) if path == "/predict" else self._explain(served, scope, body))
        if path not in self._open and path not in _ABOUT:
            raise Refused(404, "Not found", f"there is no {path[:80]}; see /openapi.json")
        _only(scope, "GET", "HEAD")
        return self._open[path]() if path in self._open else _ABOUT[path](self.fleet.of())

    def _readiness(self) -> Response:
        if not self.ready:
            raise Refused(503, "Shutting down", "the service takes no more requests")
        return web.as_json({"status": "ready"})

    def _metrics(self) -> Response:
        lines = [*self._traffic.lines()]
        for served in self.fleet.everyone():
            lines += served.telemetry.lines()
            lines += () if served.observer is None else served.observer.metrics()
        return Response(200, exposition(lines).encode(), "text/plain; version=0.0.4")

    async def _explain(self, served: Served, scope: Scope, body: bytes) -> Response:
        """In a thread, and one request at a time: a row takes as long as thousands of predictions."""
        if (media := _media(scope)) != "application/json":
            raise Refused(415, "Unsupported media type", f"send application/json, not {media[:80] or 'nothing'}")
        try:
            asked = served.asked
        except ExplainError as error:
            raise Refused.of(501, "Not in this bundle", error) from error
        columns = _from_json(body, served.bundle.schema)
        question = explaining.question_in(body)
        async with self._explaining:
            return await asyncio.to_thread(explaining.answer, asked, columns, question)


async def _predict(served: Served, scope: Scope, body: bytes) -> Response:
    started = time.perf_counter()
    media = _media(scope)
    if media not in _READERS:
        raise Refused(415, "Unsupported media type", f"send one of: {', '.join(_READERS)}")
    try:
        columns = _READERS[media](body, served.bundle.schema)
        rows = len(next(iter(columns.values()), ()))
        made = await asyncio.to_thread(served.predict, columns) if rows > INLINE_ROWS else served.predict(columns)
        level = _level(scope)
        more = {} if level is None else beside(made, served.bundle.conformal, level)
    except TableError as error:
        status = 400 if error.code == "NF-R207" else 422
        raise Refused.of(status, "Rows refused", error) from error
    response = _encoded(made, more, web.header(scope, b"accept"))
    served.telemetry.predicted(len(made), time.perf_counter() - started, made.notes)
    return response


def _monitored(served: Served) -> Response:
    state = served.state()
    if state is None:
        raise Refused(404, "Not monitored", "nobody watches this model")
    return web.as_json(state)


def _page(served: Served) -> Response:
    security = ((b"content-security-policy", page.POLICY.encode()),)
    return Response(200, page.page(served.bundle.schema).encode(), "text/html; charset=utf-8", security)


def _described(served: Served) -> Response:
    schema = served.bundle.schema
    return web.as_json(openapi.document(schema, {"rows": [schema.example]}))


_ASKED = {"/predict", "/explain"}
_ABOUT: dict[str, Callable[[Served], Response]] = {
    "/": _page,
    "/schema": lambda served: web.as_json(served.bundle.schema),
    "/openapi.json": _described,
    "/monitor": _monitored,
}


def _media(scope: Scope) -> str:
    return web.header(scope, b"content-type").partition(";")[0].strip().lower()


def _only(scope: Scope, *methods: str) -> None:
    if scope["method"] not in methods:
        raise Refused(405, "Method not allowed", f"use {' or '.join(methods)}")


Table = Mapping[str, Sequence[object]]


def _from_json(body: bytes, schema: Schema) -> Table:
    """``{"rows": [{…}]}``, ``{"columns": {…}}``, or one row as an object."""
    try:
        sent = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, "Not JSON", str(error)) from error
    if not isinstance(sent, dict):
        raise Refused(400, "Not a table", 'send {"rows": [{…}]}, {"columns": {…}} or one row as an object')
    if isinstance(sent.get("columns"), dict):
        return _lists(sent["columns"])
    rows = sent["rows"] if isinstance(sent.get("rows"), list) else [sent]
    if not all(isinstance(row, dict) for row in rows):
        raise Refused(400, "Not a table", "each row must be an object from column name to value")
    return intake.by_column(schema, rows)


def _lists(columns: dict[str, Any]) -> dict[str, list[Any]]:
    for name, values in columns.items():
        if not isinstance(values, list):
            raise Refused(400, "Not a table", f'column "{name}" must be a list of values')
    return columns


def _from_text(parse: Callable[[str], Table]) -> Callable[[bytes, Schema], Table]:
    def read(body: bytes, _: Schema) -> Table:
        try:
            return parse(body.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise Refused(400, "Not text", f"the body is not UTF-8 at byte {error.start}") from error

    return read


_READERS: dict[str, Callable[[bytes, Schema], Table]] = {
    "application/json": _from_json,
    "text/csv": _from_text(csv_columns),
    "application/x-ndjson": _from_text(json_lines),
}


def _level(scope: Scope) -> float | None:
    """What ``?level=`` says."""
    said = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("level", [""])[0]
    try:
        return float(said) if said else None
    except ValueError as error:
        raise TableError("NF-R211", f"level {said[:40]!r} is not a number", hint="ask for level=0.9") from error


def _encoded(made: Predictions, more: Mapping[str, Sequence[object]], accept: str) -> Response:
    if "text/csv" in accept:
        return Response(200, as_csv(made, more).encode(), "text/csv; charset=utf-8")
    labels = made.predictions.tolist()
    if made.parts:
        labels = [dict(zip(made.parts, row, strict=True)) for row in labels]
    answers: list[dict[str, Any]] = [{"prediction": label} for label in labels]
    if made.probabilities is not None:
        for answer, row in zip(answers, made.probabilities.tolist(), strict=True):
            answer["probabilities"] = dict(zip(made.parts or made.classes, row, strict=True))
    if made.scores is not None:
        for answer, score in zip(answers, made.scores.tolist(), strict=True):
            answer["score"] = score
    for name, values in more.items():
        for answer, value in zip(answers, values, strict=True):
            answer[name] = value
    return web.as_json({"predictions": answers, "warnings": made.notes})
