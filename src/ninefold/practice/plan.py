"""What there is to do today: due cards before new ones, weakest topics first, and no more than the minutes allow."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ninefold.practice.card import SECONDS, Card
from ninefold.practice.schedule import AGAIN, HARD, days_left, due, known, longest
from ninefold.practice.store import Kept

MINUTES = 20.0
"""For a day, where nothing is said."""
FEWEST = 5
"""Answers of a kind after which the reader's own times are taken."""
MOST_NAMED = 2
"""Weak topics that are named."""
_WORTH = {AGAIN: 0.0, HARD: 0.5}


@dataclass(frozen=True)
class Plan:
    """``queue`` is what fits into the rest of the day, ``waiting`` what is due beyond it; ``days`` are those left."""

    queue: tuple[Card, ...]
    seconds: float
    waiting: int
    days: int | None
    weakest: tuple[str, ...]
    spent: float
    minutes: float
    next_at: datetime | None
    """When the first of the other known cards is due."""


def planned(kept: Kept, cards: Sequence[Card], now: datetime) -> Plan:
    """The plan for the rest of the day of ``now`` (with a time zone), over ``cards``."""
    today, minutes = now.date(), kept.minutes or MINUTES
    most = longest(kept.until, today)
    strong = strengths(kept, cards, now)
    moments = {card: due(kept.cards[card.id], most) for card in cards if card.id in kept.cards}
    again = sorted((card for card, at in moments.items() if at <= now), key=lambda c: (strong[c.topic], moments[c]))
    ordered = [*again, *_in_turn([card for card in cards if card.id not in kept.cards], strong)]
    spent, paces = _spent(kept, now), _paces(kept)
    fitting = _fitting(ordered, paces, 60 * minutes - spent)
    seen = {card.topic for card in moments}
    return Plan(
        queue=fitting,
        seconds=sum(paces[card.kind] for card in fitting),
        waiting=len(set(again) - set(fitting)),
        days=days_left(kept.until, today),
        weakest=tuple(sorted(seen, key=lambda topic: strong[topic])[:MOST_NAMED]),
        spent=spent,
        minutes=minutes,
        next_at=min((at for at in moments.values() if at > now), default=None),
    )


def strengths(kept: Kept, cards: Iterable[Card], now: datetime) -> dict[str, float]:
    """How well each topic is known, 0 to 1: the last grade of each card times the probability that it is still known,
    averaged with one card more, worth a half, so that a topic never asked about stands in the middle."""
    last = {review.card: review.rating for review in kept.reviews}
    found: dict[str, list[float]] = defaultdict(lambda: [0.5])
    for card in cards:
        values, memory = found[card.topic], kept.cards.get(card.id)
        if memory is not None:
            values.append(_WORTH.get(last.get(card.id, HARD), 1.0) * known(memory, now))
    return {topic: statistics.fmean(values) for topic, values in found.items()}


def _in_turn(fresh: Iterable[Card], strong: dict[str, float]) -> list[Card]:
    """New cards: one of each topic, the weakest first, then another one of each."""
    turns: dict[str, int] = defaultdict(int)
    placed: list[tuple[int, float, int, Card]] = []
    for card in sorted(fresh, key=lambda card: list(SECONDS).index(card.kind)):
        placed.append((turns[card.topic], strong[card.topic], len(placed), card))
        turns[card.topic] += 1
    return [card for *_, card in sorted(placed, key=lambda place: place[:3])]


def _paces(kept: Kept) -> dict[str, float]:
    """Seconds for a card of each kind: the reader's own median, once there are enough."""
    took: dict[str, list[float]] = defaultdict(list)
    for review in kept.reviews:
        took["debug" if review.card.startswith("debug-") else review.card.split("-")[-1]].append(review.seconds)
    return {kind: statistics.median(took[kind]) if len(took[kind]) >= FEWEST else s for kind, s in SECONDS.items()}


def _fitting(ordered: Sequence[Card], paces: dict[str, float], left: float) -> tuple[Card, ...]:
    """The cards from the first on that fit into so many seconds; one that is too long is passed over."""
    found: list[Card] = []
    for card in ordered:
        if paces[card.kind] <= left:
            found.append(card)
            left -= paces[card.kind]
    return tuple(found)


def _spent(kept: Kept, now: datetime) -> float:
    """Seconds of this day's answers, by the clock of ``now``."""
    return sum(review.seconds for review in kept.reviews if _day(review.at, now) == now.date())


def _day(at: datetime, now: datetime) -> date:
    return at.astimezone(now.tzinfo).date()
