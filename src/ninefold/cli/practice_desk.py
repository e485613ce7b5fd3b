"""Practice in the terminal: one card after the other, each answer kept at once."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding

from ninefold.cli.code_desk import write_and_check
from ninefold.cli.guide_page import shown
from ninefold.cli.terminal import answers, words
from ninefold.cli.typed import Leave, Skip, typed
from ninefold.core.words import ago, counted
from ninefold.guide.formulas import spoken
from ninefold.practice.card import Card, Predict, Recall
from ninefold.practice.deck import content, title
from ninefold.practice.plan import Plan
from ninefold.practice.schedule import AGAIN, GOOD, RATINGS
from ninefold.practice.session import Session


def sit_down(session: Session, cards: Sequence[Card] | None) -> bool:
    """Ask until nothing is left, or the reader leaves; whether Ctrl-C ended it. Cards that are named are asked once
    each, due or not."""
    console, kept, stopped = answers(), 0, False
    named, passed = list(cards or ()), set[str]()
    try:
        while (card := _next(console, session, named, passed, cards is None)) is not None:
            try:
                _ask(console, session, card)
                kept += 1
            except Skip:
                passed.add(card.id)
    except (Leave, EOFError):
        pass
    except KeyboardInterrupt:
        stopped = True
    console.print(_goodbye(session, kept))
    return stopped


def _next(console: Console, session: Session, named: list[Card], passed: set[str], is_planned: bool) -> Card | None:
    """The card to ask, with a line above it that tells how far the day is."""
    if not is_planned:
        return named.pop(0) if named else None
    plan = session.plan()
    queue = [card for card in plan.queue if card.id not in passed]
    if queue:
        console.print(headline(plan))
    return queue[0] if queue else None


def headline(plan: Plan) -> str:
    """12 cards · about 9 min · 16 days left · weakest: evaluation, fit."""
    parts = [counted(len(plan.queue), "card"), f"about {max(round(plan.seconds / 60), 1)} min"]
    parts += [f"{plan.waiting} more are due"] if plan.waiting else []
    parts += [] if plan.days is None else [counted(plan.days, "day") + " left"]
    parts += [f"weakest: {', '.join(plan.weakest)}"] if plan.weakest else []
    return " · ".join(parts)


def _goodbye(session: Session, kept: int) -> str:
    plan = session.plan()
    told = f"{counted(kept, 'answer')} kept, {plan.spent / 60:.0f} of {plan.minutes:.0f} min today"
    if plan.queue or plan.waiting:
        return f"{told}; more is due: ninefold practice{'' if plan.queue else f' --minutes {plan.minutes + 10:.0f}'}"
    return f"{told}; the next card is due {plan.next_at.astimezone():%Y-%m-%d %H:%M}" if plan.next_at else told


def _ask(console: Console, session: Session, card: Card) -> None:
    with console.status("reading the page"):
        on_it = content(card)
    console.print(words((f"\n{card.question} · {card.topic} · {card.kind}", "dim")))
    if card.name:
        console.print(words((title(card), "bold")))
    console.print(Markdown(spoken(on_it.asked)))
    since = time.monotonic()
    if isinstance(on_it, Recall):
        rating = _recalled(console, on_it)
    elif isinstance(on_it, Predict):
        rating = _predicted(console, on_it)
    else:
        rating = write_and_check(console, session.store.folder / "answers" / f"{card.id}.py", on_it.exercise)
    memory = session.grade(card, rating, time.monotonic() - since)
    again = (memory.due - memory.last_review).total_seconds()
    console.print(words((RATINGS[rating], "bold"), f" · comes again {_in(again)}\n"))


def _in(seconds: float) -> str:
    return f"in {ago(seconds).removesuffix(' ago')}" if seconds >= 60 else "soon"


def _recalled(console: Console, recall: Recall) -> int:
    typed(console, "your words first, then Enter (s skip, q end) > ")
    console.print(Padding(Markdown(spoken(recall.answer)), (0, 0, 1, 2)))
    while True:
        said = typed(console, "again 1 · hard 2 · good 3 · easy 4 > ")
        if said in {str(rating) for rating in RATINGS}:
            return int(said)


def _predicted(console: Console, predict: Predict) -> int:
    for number, option in enumerate(predict.options, 1):
        console.print(words((f"  {number} ", "bold"), spoken(option)))
    while True:
        said = typed(console, f"your guess, 1 to {len(predict.options)} (s skip, q end) > ")
        if said.isdecimal() and 0 < int(said) <= len(predict.options):
            break
    is_right = predict.options[int(said) - 1] == predict.truth
    sign = ("✓ right: ", "green") if is_right else ("✗ it is: ", "red")
    console.print(words(sign, (spoken(predict.truth), "bold")))
    if predict.seen is not None:
        console.print(Padding(shown(predict.seen, None), (0, 0, 1, 2)))
    console.print(Padding(Markdown(spoken(predict.answer)), (0, 0, 1, 2)))
    return GOOD if is_right else AGAIN
