"""It fails where its card says so: what is said of its inductive bias is true."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.checks._bench import demand
from ninefold.checks._skill import KNOWS_NOTHING, named, skill
from ninefold.core.protocols import Learner


@dataclass(frozen=True)
class Fails:
    def examine(self, learner: Learner) -> str | None:
        if not learner.card.fails_on:
            return "its card admits no world"
        for world in learner.card.fails_on:
            reached = skill(learner, named(world))
            demand(reached < KNOWS_NOTHING, f"on {world} its skill is {reached:.2f}, not below {KNOWS_NOTHING}")
        return None
