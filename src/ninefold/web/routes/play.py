"""The playground of a run's bundle."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from ninefold.runs import Run
from ninefold.web import explained, pictured, playing
from ninefold.web.asking import Here, Part, Sent, files_in, texts, words
from ninefold.web.desk import Desk
from ninefold.web.listing import facts, folders
from ninefold.web.pages import page
from ninefold.web.places import run_of

router = APIRouter()


@router.get("/play")
def latest(desk: Here) -> Response:
    """The playground of the latest run that has a bundle."""
    found = next((f for f in folders(desk.runs) if (f / "bundle" / "MANIFEST.json").is_file()), None)
    if found is None:
        return page("empty.html", here="play", title="Playground")
    return RedirectResponse(f"/runs/{found.name}/play", HTTPStatus.SEE_OTHER)


@router.get("/runs/{name}/play")
def form(desk: Here, name: str) -> Response:
    found = run_of(desk, name)
    return _shown(desk, found, playing.typical(playing.ready(found.bundle).bundle), part=False)


@router.post("/runs/{name}/play")
async def ask(desk: Here, name: str, form: Sent, part: Part) -> Response:
    found = run_of(desk, name)
    loaded = await run_in_threadpool(playing.ready, found.bundle)
    files = {name: await sent.read() for name, sent in files_in(form).items()}
    row = await run_in_threadpool(playing.row_in, loaded.bundle.schema.columns, texts(form), files)
    return await run_in_threadpool(_shown, desk, found, row, words(form, "method"), part=part)


def _shown(desk: Desk, found: Run, row: dict[str, playing.Value], method: str = "", *, part: bool) -> Response:
    """The page, or the parts of it that change with the row; with the reasons, where a method was asked for them."""
    loaded = playing.ready(found.bundle)
    columns = loaded.bundle.schema.columns
    reasons = explained.why(loaded, row, method) if method else None
    said: dict[str, Any] = {"run": found, "answer": playing.answer(loaded, row), "curl": playing.curl(columns, row)}
    said |= {"why": reasons, "methods": explained.offered(loaded), "pictures": list(pictured.shown(columns, row))}
    if part:
        return page("answer.html", **said)
    fields = playing.fields(columns, row)
    told = facts(found.folder)
    return page("play.html", here="play", tab="play", facts=told, fields=fields, key=desk.form_key, **said)
