"""A mock interview: six questions over as many topics, what is asked next, and points that the reader gives."""

from __future__ import annotations

import random
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC

import msgspec

from ninefold.practice.card import Card
from ninefold.practice.deck import deck
from ninefold.practice.plan import strengths
from ninefold.practice.schedule import AGAIN, EASY, GOOD, HARD
from ninefold.practice.session import Session
from ninefold.practice.store import Held, Kept, Scored
from ninefold.practice.topics import TOPICS, topic_of

QUESTIONS = 6
MINUTES = 30.0
MOST_POINTS = 2
RUBRIC: Mapping[str, str] = {
    "what": "it said what the thing is, and nothing false",
    "why": "it said how it works, or why",
    "limits": "it said when it fails, or what it costs",
    "proof": "it named an example, a number, or how to check it",
}
"""Each line is worth 0, 1 (in part) or 2 points."""


def drawn(session: Session, seed: int | None = None) -> tuple[int, ...]:
    """Questions, each of another topic as long as there are any: weak topics come first, and chance decides the
    rest."""
    kept, chance = session.store.read(), random.Random(seed)
    cards = tuple(deck().values())
    strong = strengths(kept, cards, session.clock())
    waiting: dict[str, list[int]] = defaultdict(list)
    for card in cards:
        if card.kind == "recall":
            waiting[card.topic].append(card.question)
    order = sorted(waiting, key=lambda topic: strong[topic] + chance.uniform(0, 0.5))
    chosen: list[int] = []
    while len(chosen) < QUESTIONS and any(waiting.values()):
        for topic in order:
            if waiting[topic]:
                chosen.append(waiting[topic].pop(chance.randrange(len(waiting[topic]))))
    return tuple(chosen[:QUESTIONS])


def keep(session: Session, minutes: float, scored: Sequence[Scored]) -> None:
    """Keep an interview; its questions count as practised, too."""
    if not scored:
        return
    held = Held(session.clock().astimezone(UTC), minutes, tuple(scored))
    session.store.change(lambda kept: msgspec.structs.replace(kept, interviews=(*kept.interviews, held)))
    for each in scored:
        session.grade(Card("recall", each.question), rating(each.points), each.seconds)


def rating(points: Sequence[int]) -> int:
    """Points as the grade of a card."""
    share = sum(points) / (MOST_POINTS * len(RUBRIC))
    return AGAIN if share < 0.4 else HARD if share < 0.6 else GOOD if share < 0.9 else EASY


def heat(kept: Kept) -> dict[str, tuple[int, tuple[float, ...]]]:
    """By topic: how many questions were asked in all interviews, and the mean points for each line of the rubric."""
    found: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    for held in kept.interviews:
        for scored in held.scored:
            found[topic_of(scored.question)].append(scored.points)
    return {
        topic: (len(found[topic]), tuple(statistics.fmean(column) for column in zip(*found[topic], strict=True)))
        for topic in TOPICS
        if topic in found
    }
