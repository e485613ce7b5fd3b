"""Practice and interviews without a person at a terminal: plans out, answers in, as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ninefold.cli.code_desk import lines as verdict_lines
from ninefold.cli.interview_desk import heat_map
from ninefold.cli.terminal import answers as console_of_answers
from ninefold.cli.terminal import words, write_line
from ninefold.core.errors import WishError
from ninefold.guide.page import page_of
from ninefold.practice import interview
from ninefold.practice.card import Card, Code, Predict, Recall
from ninefold.practice.deck import answer_of, chosen, content, follow_ups, title
from ninefold.practice.interview import MOST_POINTS, RUBRIC
from ninefold.practice.sandbox.examining import examine
from ninefold.practice.sandbox.verdict import Verdict
from ninefold.practice.schedule import AGAIN, GOOD, RATINGS
from ninefold.practice.session import Session
from ninefold.practice.store import Scored
from ninefold.practice.topics import topic_of

Line = TypeVar("Line")


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """A line for `answer`: a grade for what was recalled, a guess (an option, or its number), or a file of code."""

    card: str
    grade: int | None = None
    guess: str | int | None = None
    file: str | None = None
    seconds: float = 0.0


class Points(msgspec.Struct, forbid_unknown_fields=True):
    """A line for `score`."""

    question: int
    points: tuple[int, ...]
    seconds: float = 0.0


def write_plan(session: Session, cards: Sequence[Card] | None) -> None:
    """Today's plan; of cards that are named also what stands on them, answers left out."""
    plan = session.plan(cards)
    told = {
        "cards": [_told(card, whole=cards is not None) for card in (plan.queue if cards is None else cards)],
        "seconds": plan.seconds,
        "waiting": plan.waiting,
        "days": plan.days,
        "weakest": plan.weakest,
        "spent": plan.spent,
        "minutes": plan.minutes,
        "next": plan.next_at,
    }
    _write(told)


def _told(card: Card, *, whole: bool) -> dict[str, Any]:
    told = {"card": card.id, "kind": card.kind, "question": card.question, "topic": card.topic, "title": title(card)}
    if not whole:
        return told
    on_it = content(card)
    told["asked"] = on_it.asked
    if isinstance(on_it, Predict):
        told["options"] = on_it.options
    elif isinstance(on_it, Code):
        told["begin"] = on_it.exercise.begin
    return told


def answer(session: Session, path: str, *, as_json: bool) -> None:
    """Grade the answers of a file, one after the other.

    Raises:
        WishError: NF-E384 when a line cannot be read; those before it are kept.
    """
    told = []
    for line, given in _lines(path, Answer):
        card = _card(line, given.card)
        rating, more = _rated(line, card, given)
        memory = session.grade(card, rating, given.seconds)
        told.append({"card": card.id, "rating": rating, "due": memory.due, **more})
        if not as_json:
            console_of_answers().print(words(f"{card.id}: {RATINGS[rating]}"))
    if as_json:
        _write({"answered": told})


def _card(line: int, name: str) -> Card:
    found = [card for card in chosen(name) if card.id == name]
    if not found:
        raise _bad(line, f'"{name}" is not the name of one card', "ninefold practice --json lists them")
    return found[0]


def _rated(line: int, card: Card, given: Answer) -> tuple[int, dict[str, Any]]:
    on_it = content(card)
    if isinstance(on_it, Recall):
        if given.grade not in RATINGS:
            raise _bad(line, f"{card.id} needs a grade", '"grade": 1 again, 2 hard, 3 good, 4 easy')
        return given.grade, {}
    if isinstance(on_it, Predict):
        right = _guessed(line, card, on_it, given.guess) == on_it.truth
        return (GOOD if right else AGAIN), {"truth": on_it.truth}
    if given.file is None:
        raise _bad(line, f"{card.id} needs a file", '"file": "mine.py"')
    verdict = examine(on_it.exercise, _text(Path(given.file)))
    return (GOOD if verdict.passed else AGAIN), {"verdict": _as_dict(verdict)}


def _guessed(line: int, card: Card, on_it: Predict, guess: str | int | None) -> str:
    if isinstance(guess, int) and 0 < guess <= len(on_it.options):
        return on_it.options[guess - 1]
    if not isinstance(guess, str) or guess not in on_it.options:
        raise _bad(
            line,
            f"{card.id} needs a guess",
            f'"guess": 1 to {len(on_it.options)}, or one of: {"; ".join(on_it.options)}',
        )
    return guess


def hold(session: Session, cards: Sequence[Card], path: Path, *, as_json: bool) -> int:
    """Hold a file against the checks of the one code card among those named, and grade it; the exit code.

    Raises:
        WishError: NF-E385 when there is no one card that wants code.
    """
    code = [card for card in cards if card.kind in ("code", "debug")]
    if len(code) != 1:
        hint = (
            f"name one of: {', '.join(card.id for card in code)}"
            if code
            else "for example: ninefold practice 20-code --file mine.py"
        )
        raise WishError("NF-E385", "--file needs one card that wants code", hint=hint)
    on_it = content(code[0])
    assert isinstance(on_it, Code)
    verdict = examine(on_it.exercise, _text(path))
    memory = session.grade(code[0], GOOD if verdict.passed else AGAIN, verdict.seconds)
    if as_json:
        _write({"card": code[0].id, "due": memory.due, "verdict": _as_dict(verdict)})
    else:
        for each in verdict_lines(verdict):
            console_of_answers().print(each, soft_wrap=True)
    return 0 if verdict.passed else 1


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
    _write({"minutes": minutes, "questions": questions, "rubric": RUBRIC})


def score(session: Session, path: str, minutes: float, *, as_json: bool) -> None:
    """Keep an interview whose points stand in a file.

    Raises:
        WishError: NF-E384 when a line cannot be read; nothing is kept then.
    """
    scored = []
    for line, given in _lines(path, Points):
        page_of(given.question)
        if len(given.points) != len(RUBRIC) or not all(0 <= points <= MOST_POINTS for points in given.points):
            raise _bad(line, f"{len(RUBRIC)} points from 0 to {MOST_POINTS} are needed", f"for: {', '.join(RUBRIC)}")
        scored.append(Scored(given.question, given.points, given.seconds))
    interview.keep(session, minutes, scored)
    heat = interview.heat(session.store.read())
    if as_json:
        told = {
            topic: {"asked": asked, **dict(zip(RUBRIC, means, strict=True))} for topic, (asked, means) in heat.items()
        }
        _write({"topics": told})
    elif heat:
        console_of_answers().print(heat_map(heat))


def _lines(path: str, of: type[Line]) -> Iterator[tuple[int, Line]]:
    text = sys.stdin.read() if path == "-" else _text(Path(path))
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield number, msgspec.json.decode(line, type=of)
            except msgspec.DecodeError as error:
                raise _bad(number, str(error), '{"card": "20-recall", "grade": 3}') from error


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WishError(
            "NF-E386", f"{path} cannot be read: {error}", hint="name a text file", given=str(path)
        ) from error


def _bad(line: int, why: str, hint: str) -> WishError:
    return WishError("NF-E384", f"answers, line {line}: {why}", hint=hint)


def _as_dict(verdict: Verdict) -> dict[str, Any]:
    return {"passed": verdict.passed, **msgspec.to_builtins(verdict)}


def _write(told: dict[str, Any]) -> None:
    write_line(msgspec.json.encode(told).decode())
