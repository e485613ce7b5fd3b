"""Interviews without a person at a terminal: questions out, points in, as JSON."""

from __future__ import annotations

import msgspec

from ninefold.cli.interview_desk import heat_map
from ninefold.cli.scripted import bad, lines, write
from ninefold.cli.terminal import answers as console_of_answers
from ninefold.guide.page import page_of
from ninefold.practice import interview
from ninefold.practice.deck import answer_of, follow_ups
from ninefold.practice.interview import MOST_POINTS, RUBRIC
from ninefold.practice.session import Session
from ninefold.practice.store import Scored
from ninefold.practice.topics import topic_of


class Points(msgspec.Struct, forbid_unknown_fields=True):
    """A line for `score`."""

    question: int
    points: tuple[int, ...]
    seconds: float = 0.0


def write_interview(session: Session, minutes: float, seed: int | None) -> None:
    """Questions, answers, what is asked next, and the rubric."""
    questions = [
        {
            "question": number,
            "topic": topic_of(number),
            "title": page_of(number).question,
            "answer": answer_of(number),
            "next": [{"question": asked, "answer": reply} for asked, reply in follow_ups(number)],
        }
        for number in interview.drawn(session, seed)
    ]
    write({"minutes": minutes, "questions": questions, "rubric": RUBRIC})


def score(session: Session, path: str, minutes: float, *, as_json: bool) -> None:
    """Keep an interview whose points stand in a file.

    Raises:
        WishError: NF-E384 when a line cannot be read; nothing is kept then.
    """
    scored = []
    for line, given in lines(path, Points):
        page_of(given.question)
        if len(given.points) != len(RUBRIC) or not all(0 <= points <= MOST_POINTS for points in given.points):
            raise bad(line, f"{len(RUBRIC)} points from 0 to {MOST_POINTS} are needed", f"for: {', '.join(RUBRIC)}")
        scored.append(Scored(given.question, given.points, given.seconds))
    interview.keep(session, minutes, scored)
    heat = interview.heat(session.store.read())
    if as_json:
        told = {
            topic: {"asked": asked, **dict(zip(RUBRIC, means, strict=True))} for topic, (asked, means) in heat.items()
        }
        write({"topics": told})
    elif heat:
        console_of_answers().print(heat_map(heat))
