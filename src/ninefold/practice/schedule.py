"""When a card comes again, by the library `fsrs` (Free Spaced Repetition Scheduler, Ye and others 2022): so that it is
still known with a probability of 0.9, and no later than the days that are left allow."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ninefold.core.errors import MissingExtra
from ninefold.practice.store import Memory

if TYPE_CHECKING:
    from fsrs import Card

RETENTION = 0.9
LONGEST = 365
"""Days between two looks at a card, at most, where no day is named."""
AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
RATINGS = {AGAIN: "again", HARD: "hard", GOOD: "good", EASY: "easy"}


def need_fsrs() -> None:
    """
    Raises:
        MissingExtra: NF-E401 when it is not installed.
    """
    if find_spec("fsrs") is None:
        raise MissingExtra.of("practice", "guide")


def days_left(until: date | None, today: date) -> int | None:
    """Days to the day that is aimed at; None where there is none, or it has passed."""
    return None if until is None or until < today else (until - today).days


def longest(until: date | None, today: date) -> int:
    """Days that a card may stay away: those that are left, and at least 1."""
    left = days_left(until, today)
    return LONGEST if left is None else max(left, 1)


def graded(memory: Memory | None, rating: int, at: datetime, most: int) -> Memory:
    """What is known of a card after an answer at a moment (UTC); it comes again within ``most`` days."""
    from fsrs import Rating, Scheduler

    scheduler = Scheduler(desired_retention=RETENTION, maximum_interval=most, enable_fuzzing=False)
    card, _ = scheduler.review_card(_card(memory), Rating(rating), at)
    assert card.stability is not None
    assert card.difficulty is not None
    assert card.last_review is not None
    return Memory(int(card.state), card.step, card.stability, card.difficulty, card.due, card.last_review)


def known(memory: Memory, at: datetime) -> float:
    """The probability that it is still known."""
    from fsrs import Scheduler

    return float(Scheduler().get_card_retrievability(_card(memory), at))


def due(memory: Memory, most: int) -> datetime:
    """When it is due; earlier than was planned, where the days that are left have become fewer."""
    return min(memory.due, memory.last_review + timedelta(days=most))


def _card(memory: Memory | None) -> Card:
    from fsrs import Card, State

    if memory is None:
        return Card(card_id=0)
    return Card(
        0, State(memory.state), memory.step, memory.stability, memory.difficulty, memory.due, memory.last_review
    )
