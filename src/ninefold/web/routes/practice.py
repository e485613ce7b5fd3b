"""Practice in the browser: a card, its answer, a grade. Code runs only for who knows the key that the terminal
shows."""

from __future__ import annotations

import hmac
import time
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Cookie
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from ninefold.core.errors import PracticeError
from ninefold.practice.card import Card, Code, Predict
from ninefold.practice.deck import card_of, content, title
from ninefold.practice.sandbox.examining import examine
from ninefold.practice.schedule import AGAIN, GOOD, HARD, RATINGS
from ninefold.practice.session import day_in
from ninefold.web.asking import Here, Sent, words
from ninefold.web.desk import Desk
from ninefold.web.pages import page
from ninefold.web.practising import seconds_since, session_of

router = APIRouter()
COOKIE = "ninefold-code"
LONGEST_ANSWER = 200_000
"""Letters of code."""
NOTHING: dict[str, Any] = {
    **{"plan": None, "notices": (), "until": None, "may_run": False},
    **{"verdict": None, "answer": "", "tries": "", "guess": "", "right": False},
}
"""What a side of a card has not."""
Known = Annotated[str, Cookie(alias=COOKIE)]


@router.get("/practice")
def practice(desk: Here, card: str = "", key_of_code: Known = "") -> Response:
    """The plan, and the card that is next or named."""
    session, notices = session_of()
    plan = session.plan()
    shown = _card(card) if card else next(iter(plan.queue), None)
    kept, told = session.store.read(), {"plan": plan, "notices": notices}
    return _page(
        desk,
        "ask",
        shown,
        may_run=_may_run(desk, key_of_code),
        until=kept.until if plan.days is not None else None,
        **told,
    )


@router.post("/practice/aim")
async def aim(form: Sent) -> Response:
    until, minutes = words(form, "until"), words(form, "minutes")
    try:
        most = float(minutes) if minutes else None
    except ValueError:
        most = 0.0
    if most is not None and not 1 <= most <= 1440:
        raise PracticeError("NF-E703", "the minutes for a day are a number from 1 to 1440", hint="for example 20")
    session_of()[0].aim(day_in(until) if until else None, most)
    return RedirectResponse("/practice", HTTPStatus.SEE_OTHER)


@router.post("/practice/show")
async def show(desk: Here, form: Sent) -> Response:
    """The answer, to be graded by the reader."""
    return await run_in_threadpool(_page, desk, "answer", _card(words(form, "card")), since=words(form, "since"))


@router.post("/practice/grade")
async def grade(form: Sent) -> Response:
    card, rating = _card(words(form, "card")), words(form, "rating")
    if card.kind != "recall" or rating not in {str(each) for each in RATINGS}:
        raise PracticeError("NF-E703", "this grade cannot be kept", hint="go back, and press one of the four buttons")
    await run_in_threadpool(session_of()[0].grade, card, int(rating), seconds_since(form))
    return RedirectResponse("/practice", HTTPStatus.SEE_OTHER)


@router.post("/practice/guess")
async def guess(desk: Here, form: Sent) -> Response:
    """What did happen; a wrong guess comes again."""
    card, guessed = _card(words(form, "card")), words(form, "guess")
    on_it = await run_in_threadpool(content, card)
    if not isinstance(on_it, Predict) or guessed not in on_it.options:
        raise PracticeError("NF-E703", "no guess came", hint="go back, and choose one of the options")
    right = guessed == on_it.truth
    await run_in_threadpool(session_of()[0].grade, card, GOOD if right else AGAIN, seconds_since(form))
    return _page(desk, "answer", card, guess=guessed, right=right)


@router.post("/practice/try")
async def attempt(desk: Here, form: Sent, key_of_code: Known = "") -> Response:
    """Hold an answer against the checks, or show the reference where the reader gives up.

    Raises:
        PracticeError: NF-E704 when the key of the terminal is not known.
    """
    card = _card(words(form, "card"))
    on_it = await run_in_threadpool(content, card)
    if not isinstance(on_it, Code):
        raise PracticeError("NF-E703", f"{card.id} wants no code", hint="open the page of practice again")
    if words(form, "give_up"):
        await run_in_threadpool(session_of()[0].grade, card, AGAIN, seconds_since(form))
        return _page(desk, "answer", card)
    key = words(form, "key_of_code") or key_of_code
    if not _may_run(desk, key):
        hint = "copy the key that ninefold ui printed in its terminal"
        raise PracticeError("NF-E704", "code runs only for who knows the key of this app", hint=hint)
    made = await run_in_threadpool(_tried, desk, form, card, on_it)
    made.set_cookie(COOKIE, key, httponly=True, samesite="strict", path="/practice")
    return made


def _tried(desk: Desk, form: FormData, card: Card, on_it: Code) -> Response:
    answer, tries = words(form, "answer").replace("\r\n", "\n"), words(form, "tries")
    if len(answer) > LONGEST_ANSWER:
        raise PracticeError("NF-E703", "the code is too long", hint=f"at most {LONGEST_ANSWER:,} letters")
    verdict = examine(on_it.exercise, answer)
    told: dict[str, Any] = {"verdict": verdict, "answer": answer, "since": words(form, "since"), "may_run": True}
    if verdict.passed:
        session_of()[0].grade(card, HARD if tries else GOOD, seconds_since(form))
        return _page(desk, "answer", card, **told)
    return _page(desk, "ask", card, tries="again", **told)


def _page(desk: Desk, side: str, card: Card | None, **more: Any) -> Response:
    """A side of a card; where it wants code, and nobody has shown the key yet, the terminal tells it."""
    on_it = None if card is None else content(card)
    if isinstance(on_it, Code) and not more.get("may_run"):
        desk.say_key()
    told = NOTHING | {"since": f"{time.time():.0f}", "ratings": RATINGS, "key": desk.form_key, "here": "practice"}
    return page("practice.html", side=side, card=card, on_it=on_it, title=card and title(card), **told | more)


def _card(name: str) -> Card:
    found = card_of(name)
    if found is None:
        raise PracticeError(
            "NF-E703", f'"{name[:64]}" is not the name of a card', hint="open the page of practice again"
        )
    return found


def _may_run(desk: Desk, key: str) -> bool:
    return hmac.compare_digest(key.encode(), desk.code_key.encode())
