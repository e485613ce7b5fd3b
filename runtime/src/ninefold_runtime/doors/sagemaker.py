"""The contract of SageMaker's inference containers: ``/ping`` and ``/invocations``. MLflow's bodies are taken as well.

CSV has no header there unless the content type says ``header=present``; without a word, a first line of known names
is one. Source: "Custom inference code with hosting services", AWS documentation.
"""

from __future__ import annotations

from email.message import Message
from functools import partial
from typing import Any

from ninefold_runtime import arrow, web
from ninefold_runtime.decode import READERS, Table, lists, of_rows, parsed, table_in, text_in
from ninefold_runtime.doors.call import GET, POST, Call, Route
from ninefold_runtime.doors.native import encoded
from ninefold_runtime.errors import TableError
from ninefold_runtime.model import Predictions
from ninefold_runtime.schema import Schema
from ninefold_runtime.served import Served
from ninefold_runtime.table import csv_columns, csv_rows
from ninefold_runtime.web import JSON, Headers, Refused, Response, media_of

_LINES = "application/jsonlines"
_CSV = "text/csv"
MEDIA = (JSON, _CSV, _LINES, "application/x-ndjson", arrow.MEDIA)


async def _ping(call: Call) -> Response:
    call.check_ready()
    return Response(200, b"")


async def _invocations(call: Call) -> Response:
    body = await call.body()
    media = media_of(call.headers) or JSON
    if media not in MEDIA:
        raise Refused(415, "Unsupported media type", f"send one of: {', '.join(MEDIA)}")
    served = call.served
    return await call.answered(served, body, partial(_invoked, call, served, media, body))


def _invoked(call: Call, served: Served, media: str, body: bytes, until: float) -> tuple[Response, Predictions]:
    columns, headed = _read(media, body, call.headers, served.bundle.schema)
    made = served.predict(columns, call.desk.limits, until)
    answer = encoded(made, {}, web.text_of(call.headers, b"accept"))
    if answer.media.startswith(_CSV) and media == _CSV and not headed:
        answer = Response(200, answer.body.partition(b"\n")[2], answer.media, answer.headers)
    return answer, made


def _read(media: str, body: bytes, headers: Headers, schema: Schema) -> tuple[Table, bool]:
    """The columns, and whether they were named in a header."""
    if media == JSON:
        return _json(body, schema), True
    if media == _CSV:
        return _csv(text_in(body), _parameter(headers), schema)
    return READERS["application/x-ndjson" if media == _LINES else media](body, schema), True


def _parameter(headers: Headers) -> str:
    """What the content type says of the header, RFC 4180: present, absent or nothing."""
    message = Message()
    message["content-type"] = web.text_of(headers, b"content-type")
    said = message.get_param("header", "")
    return said.lower() if isinstance(said, str) else ""


def _csv(text: str, header: str, schema: Schema) -> tuple[Table, bool]:
    if header == "present":
        return csv_columns(text), True
    rows = csv_rows(text)
    known = {*schema.names, *schema.ignored, *schema.target.columns}
    if header != "absent" and rows and set(rows[0]) <= known:
        return csv_columns(text), True
    return _placed(rows, schema), False


def _placed(rows: list[Any], schema: Schema) -> Table:
    """Rows of cells in the order of the schema.

    Raises:
        TableError: NF-R207 where a row has another number of them.
    """
    width = len(schema.names)
    for number, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != width:
            hint = f"give {width} cells in the order of /schema, or name the columns"
            raise TableError("NF-R207", f"row {number} does not have {width} cells", row=number, hint=hint)
    return {name: [row[i] for row in rows] for i, name in enumerate(schema.names)}


def _json(body: bytes, schema: Schema) -> Table:
    """Our own shapes, rows as ``instances``, ``inputs`` or ``dataframe_records``, columns as ``inputs``, both as
    ``dataframe_split``."""
    sent = parsed(body)
    split = sent.get("dataframe_split")
    if isinstance(split, dict):
        names, rows = split.get("columns"), split.get("data")
        if not isinstance(names, list) or not isinstance(rows, list) or not all(isinstance(n, str) for n in names):
            raise Refused(400, "Not a table", "dataframe_split has columns, a list of names, and data, a list of rows")
        if len(set(names)) < len(names):
            raise Refused(400, "Not a table", "dataframe_split names a column twice")
        if any(not isinstance(row, list) or len(row) != len(names) for row in rows):
            raise Refused(400, "Not a table", "each row of dataframe_split has one cell for each of its columns")
        return {name: [row[i] for row in rows] for i, name in enumerate(names)}
    for key in ("instances", "inputs", "dataframe_records"):
        given = sent.get(key)
        if isinstance(given, list):
            return _placed(given, schema) if given and isinstance(given[0], list) else of_rows(given, schema)
    if isinstance(sent.get("inputs"), dict):
        return lists(sent["inputs"])
    return table_in(sent, schema)


ROUTES = (Route("/ping", GET, _ping, free=True), Route("/invocations", POST, _invocations))
