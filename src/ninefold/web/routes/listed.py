"""The table of runs, their comparison, and the app's own files."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from ninefold.core.errors import RunError
from ninefold.web import listing
from ninefold.web.asking import Here
from ninefold.web.compare import MOST_RUNS, comparison
from ninefold.web.pages import page, stylesheet
from ninefold.web.places import run_of

router = APIRouter()
STATIC = Path(__file__).parent.parent / "static"


@router.get("/")
def runs(desk: Here, find: str = "", state: str = "", sort: str = "age", down: bool = False) -> Response:
    lines = listing.lines(desk, find, state, sort, down)
    empty = not lines and not listing.folders(desk.runs)
    asked = {"find": find, "state": state, "sort": sort, "down": down}
    return page("runs.html", here="runs", lines=lines, empty=empty, asked=asked, runs=desk.runs)


@router.get("/compare")
def compare(desk: Here, run: Annotated[list[str] | None, Query()] = None) -> Response:
    """Raises:
    RunError: NF-E510 when fewer than two runs are named, or very many.
    """
    names = list(dict.fromkeys(run or ()))
    if not 2 <= len(names) <= MOST_RUNS:
        hint = "tick them in the table of runs"
        raise RunError("NF-E510", f"a comparison needs two to {MOST_RUNS} runs", hint=hint)
    return page("compare.html", here="runs", told=comparison([run_of(desk, name) for name in names]))


@router.get("/style.css")
def style() -> Response:
    return Response(stylesheet(), media_type="text/css")


@router.get("/app.js")
def script() -> Response:
    return Response(_static("app.js"), media_type="text/javascript")


@router.get("/icon.svg")
@router.get("/favicon.ico")
def icon() -> Response:
    return Response(_static("icon.svg"), media_type="image/svg+xml")


@cache
def _static(name: str) -> bytes:
    return (STATIC / name).read_bytes()
