"""The card is complete, and the worlds it names exist and suit its tasks."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.checks._bench import demand
from ninefold.checks._skill import named
from ninefold.core import parts
from ninefold.core.protocols import Learner


@dataclass(frozen=True)
class Card:
    def examine(self, learner: Learner) -> str | None:
        card = learner.card
        for text in (card.title, card.idea, card.inductive_bias, card.cost, card.source, card.family):
            demand(text.strip(), "a text of the card is empty")
        demand(card.solves and card.questions, "the card names no task, or no question")
        claims = (*card.beats_baseline_on, *card.fails_on)
        demand(len(set(claims)) == len(claims), "a world is claimed twice, or both ways")
        for world in claims:
            demand(world in parts.names("ninefold.worlds"), f"there is no world {world}")
            demand(named(world).task in card.solves, f"{world} is a {named(world).task} world, which it does not solve")
        return None
