"""The questions that the user's own runs answer."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from ninefold.runs import Run
from ninefold.web.asking import Here
from ninefold.web.guide import entries
from ninefold.web.listing import folders
from ninefold.web.pages import page

router = APIRouter()


@router.get("/guide")
def guide(desk: Here) -> Response:
    return page(
        "guide.html",
        here="guide",
        entries=entries([run for run in map(Run, folders(desk.runs)) if run.report.is_file()]),
    )
