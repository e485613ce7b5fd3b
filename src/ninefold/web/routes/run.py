"""One run: its progress as it happens, its report, and the buttons that stop it and go on with it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Header
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse

from ninefold.core.book import Writer
from ninefold.core.errors import RunError, SourceError
from ninefold.runs import Run, read_order
from ninefold.web import jobs
from ninefold.web.asking import Checked, Here
from ninefold.web.desk import Desk
from ninefold.web.listing import facts
from ninefold.web.live import Ear, Live, live_of, time_of
from ninefold.web.pages import page, templates
from ninefold.web.places import named, run_of, table_of

router = APIRouter()
PULSE = 0.4
"""Seconds between looks at the events of a run."""
QUIET = 15.0
"""Seconds after which a stream says that it is still there."""
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"


@router.get("/runs/{name}")
def run(desk: Here, name: str) -> Response:
    """The report where there is one, else the progress."""
    found = run_of(desk, name)
    if jobs.working(desk, found.folder) is not None or not found.report.is_file():
        return progress(desk, name)
    return page("run.html", here="runs", tab="report", run=found, facts=facts(found.folder))


@router.get("/runs/{name}/progress")
def progress(desk: Here, name: str) -> Response:
    found = run_of(desk, name)
    process = jobs.working(desk, found.folder)
    context = _panel(desk, found, live_of(found.folder), process)
    return page("live.html", here="runs", tab="progress", facts=facts(found.folder), **context)


@router.get("/runs/{name}/events")
def events(desk: Here, name: str, last_event_id: Annotated[str, Header()] = "") -> Response:
    """The panel of the live page whenever it changes; a reader that comes back gets what it has not seen."""
    return StreamingResponse(_stream(desk, run_of(desk, name), last_event_id), media_type="text/event-stream")


@router.get("/runs/{name}/report.html")
def report(desk: Here, name: str) -> Response:
    """Raises:
    RunError: NF-E503 when it is not written yet.
    """
    found = run_of(desk, name)
    if not found.report.is_file():
        raise RunError("NF-E503", f"run {found.id} has no report yet", hint="it is written when the run ends")
    headers = {"content-security-policy": REPORT_POLICY}
    return FileResponse(found.report, media_type="text/html; charset=utf-8", headers=headers)


@router.post("/runs/{name}/stop", dependencies=[Checked])
def stop(desk: Here, name: str) -> Response:
    jobs.stop(desk, run_of(desk, name).folder)
    return RedirectResponse(f"/runs/{name}", HTTPStatus.SEE_OTHER)


@router.post("/runs/{name}/resume", dependencies=[Checked])
def resume(desk: Here, name: str) -> Response:
    found = run_of(desk, name)
    if jobs.working(desk, found.folder) is None:
        jobs.begin(desk, found.folder)
    return RedirectResponse(f"/runs/{name}/progress", HTTPStatus.SEE_OTHER)


def _panel(desk: Desk, found: Run, live: Live, process: Writer | None) -> dict[str, Any]:
    state = jobs.state_of(found.folder, process, live.last)
    return {
        "run": found,
        "state": state,
        "live": live,
        "time": time_of(live, process),
        "stopping": state == "running" and found.id in desk.stopping,
        "error": jobs.error_of(found.folder) if state == "failed" else {},
        "again": _again(desk, found) if state in ("failed", "stopped") else "",
        "key": desk.form_key,
    }


def _again(desk: Desk, found: Run) -> str:
    """Where the same question is asked with other wishes; where tables are chosen, if this one is not among them."""
    try:
        order = read_order(found.folder)
        path = table_of(desk, order.source or "")
    except (RunError, SourceError):
        return "/new"
    target = order.wishes.target
    return f"/new/table?{urlencode({'path': named(desk, path), 'target': target if isinstance(target, str) else ''})}"


async def _stream(desk: Desk, found: Run, since: str) -> AsyncIterator[str]:
    ear, shown, spoke = Ear(found.folder), since, time.monotonic()
    while not desk.ending:
        process = await asyncio.to_thread(jobs.working, desk, found.folder)
        await asyncio.to_thread(ear.listen)
        panel = _panel(desk, found, ear.live, process)
        mark = f"{ear.position}-{panel['state']}-{panel['stopping']}"
        if mark != shown:
            shown, spoke = mark, time.monotonic()
            yield _message("panel", templates().get_template("panel.html").render(panel), mark)
        elif time.monotonic() - spoke > QUIET:
            spoke = time.monotonic()
            yield ": still here\n\n"
        if panel["state"] != "running":
            yield _message("end", str(panel["state"]), mark)
            return
        await asyncio.sleep(PULSE)


def _message(kind: str, text: str, mark: str) -> str:
    """One server-sent event; every line of its text needs the word before it."""
    data = "".join(f"data: {line}\n" for line in text.splitlines())
    return f"id: {mark}\nevent: {kind}\n{data}\n"
