"""A mock interview in the browser: six questions on a page, answers folded away, points, and the map of topics."""

from __future__ import annotations

import time
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from ninefold.core.errors import PracticeError
from ninefold.guide.page import page_of
from ninefold.practice import interview
from ninefold.practice.deck import answer_of, follow_ups
from ninefold.practice.interview import MINUTES, MOST_POINTS, RUBRIC
from ninefold.practice.store import Scored
from ninefold.practice.topics import topic_of
from ninefold.web.asking import Here, Sent, ticked, words
from ninefold.web.pages import page
from ninefold.web.practising import seconds_since, session_of

router = APIRouter()
POINTS = range(MOST_POINTS + 1)


@router.get("/practice/interview")
def ask(desk: Here) -> Response:
    """Other questions each time; those of an interview stand in its form."""
    session, notices = session_of()
    questions = [
        {"number": number, "topic": topic_of(number), "text": page_of(number).question, "answer": answer_of(number)}
        | {"nexts": follow_ups(number)}
        for number in interview.drawn(session)
    ]
    until = session.clock() + timedelta(minutes=MINUTES)
    told: dict[str, Any] = {"questions": questions, "until": until, "since": f"{time.time():.0f}", "notices": notices}
    told |= {"rubric": RUBRIC, "points": POINTS, "heat": interview.heat(session.store.read())}
    return page("interview.html", here="practice", minutes=MINUTES, most=MOST_POINTS, key=desk.form_key, **told)


@router.post("/practice/interview")
async def keep(form: Sent) -> Response:
    scored = _scored(form)
    await run_in_threadpool(interview.keep, session_of()[0], MINUTES, scored)
    return RedirectResponse("/practice/interview#topics", HTTPStatus.SEE_OTHER)


def _scored(form: FormData) -> list[Scored]:
    """The questions of the form with their points; those that got none were not reached.

    Raises:
        PracticeError: NF-E703 when one is no question, or has other points.
    """
    numbers, found = ticked(form, "question"), []
    for number in numbers:
        given = [words(form, f"{number}-{name}") for name in RUBRIC]
        if not any(given):
            continue
        if not number.isdecimal() or not all(points in map(str, POINTS) for points in given):
            hint = "give each line of a question its points, or none of them"
            raise PracticeError("NF-E703", "the points cannot be read", hint=hint)
        took = seconds_since(form) / len(numbers)
        found.append(Scored(page_of(int(number)).number, tuple(map(int, given)), round(took, 1)))
    return found
