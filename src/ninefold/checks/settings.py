"""Every setting has a sentence and lies within its own bounds; so do the small values and the portfolio."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.checks._bench import demand
from ninefold.core import parts
from ninefold.core.protocols import Learner


@dataclass(frozen=True)
class Settings:
    def examine(self, learner: Learner) -> str | None:
        spaces, values = parts.spaces(learner), parts.settings(learner)
        for name, space in spaces.items():
            demand(space.help.strip(), f"{name} has no sentence")
            demand(space.admits(values[name]), f"{name}={values[name]} lies outside its bounds")
            demand(space.tiny is None or space.admits(space.tiny), f"the small value of {name} lies outside its bounds")
        demand(sum(space.grows for space in spaces.values()) <= 1, "two settings grow")
        demand(learner.portfolio, "the portfolio is empty")
        for entry in learner.portfolio:
            for name, value in entry.items():
                demand(
                    name in spaces and spaces[name].admits(value), f"portfolio: {name}={value} is not a setting's value"
                )
        return None
