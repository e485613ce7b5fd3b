"""The guide: its questions by stage, its pages, and the user's own runs that show what a page tells."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from ninefold.guide import render
from ninefold.guide.page import page_of
from ninefold.guide.store import ran_of
from ninefold.runs import Run
from ninefold.web.asking import Here
from ninefold.web.desk import Desk
from ninefold.web.guide import entries, stages
from ninefold.web.listing import folders
from ninefold.web.pages import page

router = APIRouter()


@router.get("/guide")
def guide(desk: Here) -> Response:
    return page("guide.html", here="guide", stages=stages(_told(desk)))


@router.get("/guide/{number}")
def question(desk: Here, number: int) -> Response:
    """Raises:
    WishError: NF-E327 when there is no such page.
    MissingExtra: NF-E401 when it was not shipped, and cannot be run.
    """
    found = page_of(number)
    entry = next(entry for entry in entries(_told(desk)) if entry.number == number)
    before, after = render.beside(number)
    body = render.body(ran_of(found))
    return page("guide_page.html", here="guide", entry=entry, body=body, before=before, after=after)


@router.get("/guide.js")
def script() -> Response:
    return Response(render.script(), media_type="text/javascript")


def _told(desk: Desk) -> list[Run]:
    """The runs that have a report."""
    return [run for run in map(Run, folders(desk.runs)) if run.report.is_file()]
