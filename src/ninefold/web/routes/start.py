"""Start a run: choose a table, see what is in it, choose what to predict."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from ninefold import runs
from ninefold.core import parts
from ninefold.core.errors import SourceError
from ninefold.core.problem import Wishes
from ninefold.web import starting
from ninefold.web.asking import Here, Sent, file_in, keep, texts, ticked, words
from ninefold.web.jobs import begin
from ninefold.web.pages import page
from ninefold.web.places import named, table_of, tables

router = APIRouter()


@router.get("/new")
def choose(desk: Here) -> Response:
    return page("new.html", here="new", tables=tables(desk), desk=desk)


@router.post("/uploads")
async def upload(desk: Here, form: Sent) -> Response:
    """Raises:
    SourceError: NF-E101 when no file was chosen.
    """
    sent = file_in(form, "file")
    if sent is None:
        raise SourceError("NF-E101", "no file was chosen", hint="choose one, or name a path")
    path = await run_in_threadpool(keep, desk, sent)
    return RedirectResponse(f"/new/table?{urlencode({'path': named(desk, path)})}", HTTPStatus.SEE_OTHER)


@router.get("/new/table")
def table(desk: Here, path: str, target: str = "") -> Response:
    place = table_of(desk, path)
    seen = starting.first(place)
    told = starting.meaning(place, Wishes(target=target or None))
    metrics = parts.names("ninefold.metrics")
    context: dict[str, Any] = {
        "path": named(desk, place),
        "name": place.name,
        "target": target,
        "metrics": metrics,
        "desk": desk,
    }
    return page("table.html", here="new", seen=seen, told=told, **context)


@router.get("/new/meaning")
def meaning(desk: Here, path: str, target: str = "") -> Response:
    """The part of the page that changes with the target."""
    told = starting.meaning(table_of(desk, path), Wishes(target=target or None))
    return page("meaning.html", told=told)


@router.post("/new/start")
async def start(desk: Here, form: Sent) -> Response:
    path = table_of(desk, words(form, "path"))
    chosen = {name: ticked(form, name) for name in ("sensitive", "drop")}
    wishes = starting.wishes_in(texts(form), chosen)
    folder = await run_in_threadpool(runs.prepare, path, wishes, desk.runs)
    begin(desk, folder)
    return RedirectResponse(f"/runs/{folder.name}", HTTPStatus.SEE_OTHER)
