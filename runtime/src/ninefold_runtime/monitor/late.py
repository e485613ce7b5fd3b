"""Ids of answers and labels that come late, over HTTP: ``POST /predict?id=COLUMN`` and ``POST /labels``."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import parse_qs

import msgspec

from ninefold_runtime import web
from ninefold_runtime.errors import MonitorError, TableError
from ninefold_runtime.model import Predictions
from ninefold_runtime.web import Refused, Response, Scope

NEW = "*"
"""Asks for ids that the service makes."""
LONGEST = 200
MOST_LABELS = 10_000
Table = Mapping[str, Sequence[object]]


class Keeper(Protocol):
    """Whoever keeps answers until their labels come."""

    def remember(self, ids: Sequence[str], predictions: Predictions) -> None: ...
    def label(self, labels: Mapping[str, object]) -> dict[str, Any]: ...


class _Label(msgspec.Struct, frozen=True):
    id: str | int
    label: str | float | bool | None


class _Labels(msgspec.Struct, frozen=True):
    labels: list[_Label]


def with_ids(scope: Scope, columns: Table) -> tuple[Table, list[str]]:
    """The table without the column that ``?id=`` names, and its values, which are the rows' ids; none where nothing is
    asked.

    Raises:
        TableError: NF-R212 when there is no such column, or a value is no id.
    """
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("id", [""])[0]
    if not asked:
        return columns, []
    if asked == NEW:
        return columns, [secrets.token_hex(12) for _ in next(iter(columns.values()), ())]
    if asked not in columns:
        message = f'?id={asked[:80]}: the rows have no column "{asked[:80]}"'
        raise TableError("NF-R212", message, hint="send the ids as a column, or ask for new ones with ?id=*")
    ids = [_id(value, row) for row, value in enumerate(columns[asked])]
    return {name: values for name, values in columns.items() if name != asked}, ids


def _id(value: object, row: int) -> str:
    known = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not (0 < len(known) <= LONGEST and known.isprintable()):
        shown = "a missing value" if value is None else repr(str(value)[:40])
        hint = f"an id is a whole number or a text of at most {LONGEST} characters"
        raise TableError("NF-R212", f"row {row}: {shown} is no id", hint=hint, row=row)
    return known


def remembered(keeper: Keeper | None, ids: Sequence[str], made: Predictions) -> None:
    """Keep the answers. Of several targets, quantiles and anomalies there are none that labels could be held against.

    Raises:
        Refused: 409 when nobody keeps answers.
    """
    if not ids:
        return
    if keeper is None:
        raise Refused(409, "Not monitored", "answers are not kept here, so that ids have no use: serve with --monitor")
    if not made.parts and made.scores is None:
        keeper.remember(ids, made)


def labels_in(body: bytes) -> dict[str, object]:
    """Labels by id: ``{"labels": [{"id": "17", "label": "yes"}]}``.

    Raises:
        Refused: 400 there are none, 413 too many.
    """
    try:
        sent = msgspec.json.decode(body, type=_Labels).labels
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, "Not labels", f'{error}; send {{"labels": [{{"id": "…", "label": "…"}}]}}') from error
    if len(sent) > MOST_LABELS:
        raise Refused(413, "Too many labels", f"send at most {MOST_LABELS:,} at a time, not {len(sent):,}")
    return {str(each.id): each.label for each in sent if str(each.id).isprintable()}


def labelled(keeper: Keeper | None, labels: Mapping[str, object]) -> Response:
    """Hand labels over, which may take as long as a store.

    Raises:
        Refused: 409 when nobody keeps answers, 503 when the store fails.
    """
    if keeper is None:
        raise Refused(409, "Not monitored", "answers are not kept here, so that labels find none: serve with --monitor")
    try:
        return web.as_json(keeper.label(labels))
    except MonitorError as error:
        raise Refused.of(503, "Labels not kept", error) from error
