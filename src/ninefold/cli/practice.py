"""``ninefold practice`` and ``ninefold interview``: cards that come when they are nearly forgotten, and mock
interviews."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ninefold.cli.places import Json

if TYPE_CHECKING:
    from ninefold.practice.session import Session

Answers = Annotated[
    str | None,
    typer.Option("--answers", metavar="FILE", help="Answers where nobody types: a JSON object a line; - reads stdin."),
]
STOPPED = 130


def practice(
    which: Annotated[
        str | None,
        typer.Argument(metavar="[QUESTION]", help="Only these: a question (20), a kind (code), a card (20-code)."),
    ] = None,
    *,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="The day to be ready: 2026-12-10.")] = None,
    minutes: Annotated[float | None, typer.Option(min=1, max=1440, help="At most so many a day; else 20.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE.py", help="Hold this file against the checks of a code card.")
    ] = None,
    answers: Answers = None,
    as_json: Json = False,
) -> None:
    """Practise the guide's questions: recall, predict, write code, mend broken runs. Cards return before they are
    forgotten."""
    from ninefold.practice.deck import chosen
    from ninefold.practice.session import day_in

    session = _session()
    session.aim(None if until is None else day_in(until), minutes)
    cards = None if which is None else chosen(which)
    if file is not None:
        from ninefold.cli.practice_scripted import hold

        raise typer.Exit(hold(session, cards or (), file, as_json=as_json))
    if answers is not None:
        from ninefold.cli.practice_scripted import answer

        answer(session, answers, as_json=as_json)
    elif as_json:
        from ninefold.cli.practice_scripted import write_plan

        write_plan(session, cards)
    else:
        from ninefold.cli.practice_desk import sit_down

        _need_somebody("ninefold practice --json lists the cards, --answers FILE gives answers")
        raise typer.Exit(STOPPED if sit_down(session, cards) else 0)


def interview(
    minutes: Annotated[float, typer.Option(min=1, max=600, help="For all six questions.")] = 30,
    seed: Annotated[int | None, typer.Option(help="Draw the same questions again.")] = None,
    answers: Answers = None,
    as_json: Json = False,
) -> None:
    """Six questions over as many topics, what is asked next, a clock, and points that you give yourself."""
    session = _session()
    if answers is not None:
        from ninefold.cli.interview_scripted import score

        score(session, answers, minutes, as_json=as_json)
    elif as_json:
        from ninefold.cli.interview_scripted import write_interview

        write_interview(session, minutes, seed)
    else:
        from ninefold.cli.interview_desk import hold_interview

        _need_somebody("ninefold interview --json lists the questions, --answers FILE gives the points")
        raise typer.Exit(STOPPED if hold_interview(session, minutes, seed) else 0)


def _session() -> Session:
    from ninefold.cli.terminal import plain, remarks
    from ninefold.practice.session import Session
    from ninefold.practice.store import Store, data_folder

    console = remarks()
    return Session(Store(data_folder(), lambda told: console.print(plain(told, "yellow"), soft_wrap=True)))


def _need_somebody(hint: str) -> None:
    """
    Raises:
        PracticeError: NF-E702 when no person can type.
    """
    from ninefold.core.errors import PracticeError

    if not sys.stdin.isatty():
        raise PracticeError("NF-E702", "nobody is here to answer: standard input is no terminal", hint=hint)
