"""Has new data drifted from what a bundle was trained on?"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from ninefold.web import listing, watching
from ninefold.web.asking import Here, Sent, file_in, keep, words
from ninefold.web.desk import Desk
from ninefold.web.pages import page
from ninefold.web.places import named, run_of, table_of, tables

router = APIRouter()


@router.get("/watch")
def choose(desk: Here, run: str = "") -> Response:
    lines = _watchable(desk)
    if not lines:
        return page("empty.html", here="watch", title="Watch")
    return page("watch.html", here="watch", lines=lines, chosen=run, tables=tables(desk), desk=desk)


@router.post("/watch")
async def send(desk: Here, form: Sent) -> Response:
    sent = file_in(form, "file")
    path = await run_in_threadpool(keep, desk, sent) if sent else table_of(desk, words(form, "path"))
    query = urlencode({"run": words(form, "run"), "path": named(desk, path)})
    return RedirectResponse(f"/watch/result?{query}", HTTPStatus.SEE_OTHER)


@router.get("/watch/result")
def result(desk: Here, run: str, path: str) -> Response:
    found, table = run_of(desk, run), table_of(desk, path)
    report = watching.watched(found.bundle, table)
    tables_of = (("Columns", watching.rows(report.columns)), ("Predictions", watching.rows(report.scores)))
    told = listing.facts(found.folder)
    context: dict[str, Any] = {"run": found, "name": table.name, "report": report, "tables": tables_of}
    return page("watched.html", here="watch", tab="watch", facts=told, **context)


def _watchable(desk: Desk) -> list[listing.Line]:
    return [line for line in listing.lines(desk) if line.facts.bytes]
