"""A reader at practice: what is next, and what an answer changes. Every answer is kept at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import msgspec

from ninefold.core.errors import WishError
from ninefold.practice.card import Card
from ninefold.practice.deck import deck
from ninefold.practice.plan import Plan, planned
from ninefold.practice.schedule import graded, longest, need_fsrs
from ninefold.practice.store import Kept, Memory, Review, Store

MOST_SECONDS = 1800.0
"""That one answer is taken to have cost: whoever leaves the desk is not practising."""


def now() -> datetime:
    """With the time zone of this machine: days end at the reader's midnight."""
    return datetime.now().astimezone()


@dataclass(frozen=True)
class Session:
    """``clock`` gives the moment with a time zone."""

    store: Store
    clock: Callable[[], datetime] = now

    def __post_init__(self) -> None:
        need_fsrs()

    def aim(self, until: date | None, minutes: float | None) -> None:
        """Keep the day to be ready on and the minutes for a day, where they are said.

        Raises:
            WishError: NF-E382 when the day has passed.
        """
        today = self.clock().date()
        if until is not None and until < today:
            raise WishError(
                "NF-E382", f"{until} has passed", hint=f"today is {today}; name a day to come", given=str(until)
            )
        said = {name: value for name, value in (("until", until), ("minutes", minutes)) if value is not None}
        if said:
            self.store.change(lambda kept: msgspec.structs.replace(kept, **said))

    def plan(self, cards: Sequence[Card] | None = None) -> Plan:
        """Today's plan over some cards, or all."""
        return planned(self.store.read(), tuple(deck().values()) if cards is None else cards, self.clock())

    def grade(self, card: Card, rating: int, seconds: float) -> Memory:
        """Keep an answer, and say what is known of the card now."""
        at = self.clock().astimezone(UTC)
        review = Review(card.id, rating, at, round(min(max(seconds, 0.0), MOST_SECONDS), 1))

        def changed(kept: Kept) -> Kept:
            most = longest(kept.until, self.clock().date())
            cards = kept.cards | {card.id: graded(kept.cards.get(card.id), rating, at, most)}
            return msgspec.structs.replace(kept, cards=cards, reviews=(*kept.reviews, review))

        return self.store.change(changed).cards[card.id]


def day_in(text: str) -> date:
    """``2026-12-10``.

    Raises:
        WishError: NF-E382 when it is no day.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WishError("NF-E382", f'"{text}" is not a day', hint="write it as 2026-12-10", given=text) from error
