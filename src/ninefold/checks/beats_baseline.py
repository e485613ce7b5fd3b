"""It beats the baseline on every world its card claims."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.checks._bench import demand
from ninefold.checks._skill import BEATS, named, skill
from ninefold.core.protocols import Learner


@dataclass(frozen=True)
class BeatsBaseline:
    def examine(self, learner: Learner) -> str | None:
        if not learner.card.beats_baseline_on:
            return "its card claims no world"
        for world in learner.card.beats_baseline_on:
            reached = skill(learner, named(world))
            demand(reached > BEATS, f"on {world} its skill is {reached:.2f}, not above {BEATS}")
        return None
