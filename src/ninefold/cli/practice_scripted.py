"""Practice without a person at a terminal: the plan out, answers in, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from ninefold.cli.code_desk import lines as verdict_lines
from ninefold.cli.scripted import bad, lines, text, write
from ninefold.cli.terminal import answers as console_of_answers
from ninefold.cli.terminal import words
from ninefold.core.errors import WishError
from ninefold.practice.card import Card, Code, Predict, Recall
from ninefold.practice.deck import card_of, content, title
from ninefold.practice.sandbox.examining import examine
from ninefold.practice.sandbox.verdict import Verdict
from ninefold.practice.schedule import AGAIN, GOOD, RATINGS
from ninefold.practice.session import Session


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """A line for `answer`: a grade for what was recalled, a guess (an option, or its number), or a file of code."""

    card: str
    grade: int | None = None
    guess: str | int | None = None
    file: str | None = None
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
    write(told)


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
    for line, given in lines(path, Answer):
        card = _card(line, given.card)
        rating, more = _rated(line, card, given)
        memory = session.grade(card, rating, given.seconds)
        told.append({"card": card.id, "rating": rating, "due": memory.due, **more})
        if not as_json:
            console_of_answers().print(words(f"{card.id}: {RATINGS[rating]}"))
    if as_json:
        write({"answered": told})


def _card(line: int, name: str) -> Card:
    found = card_of(name)
    if found is None:
        raise bad(line, f'"{name}" is not the name of one card', "ninefold practice --json lists them")
    return found


def _rated(line: int, card: Card, given: Answer) -> tuple[int, dict[str, Any]]:
    on_it = content(card)
    if isinstance(on_it, Recall):
        if given.grade not in RATINGS:
            raise bad(line, f"{card.id} needs a grade", '"grade": 1 again, 2 hard, 3 good, 4 easy')
        return given.grade, {}
    if isinstance(on_it, Predict):
        right = _guessed(line, card, on_it, given.guess) == on_it.truth
        return (GOOD if right else AGAIN), {"truth": on_it.truth}
    if given.file is None:
        raise bad(line, f"{card.id} needs a file", '"file": "mine.py"')
    verdict = examine(on_it.exercise, text(Path(given.file)))
    return (GOOD if verdict.passed else AGAIN), {"verdict": _as_dict(verdict)}


def _guessed(line: int, card: Card, on_it: Predict, guess: str | int | None) -> str:
    if isinstance(guess, int) and 0 < guess <= len(on_it.options):
        return on_it.options[guess - 1]
    if not isinstance(guess, str) or guess not in on_it.options:
        raise bad(
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
    verdict = examine(on_it.exercise, text(path))
    memory = session.grade(code[0], GOOD if verdict.passed else AGAIN, verdict.seconds)
    if as_json:
        write({"card": code[0].id, "due": memory.due, "verdict": _as_dict(verdict)})
    else:
        for each in verdict_lines(verdict):
            console_of_answers().print(each, soft_wrap=True)
    return 0 if verdict.passed else 1


def _as_dict(verdict: Verdict) -> dict[str, Any]:
    return {"passed": verdict.passed, **msgspec.to_builtins(verdict)}
