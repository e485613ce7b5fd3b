"""A clock that has run out still leaves a valid form, grown no further than it must be."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.checks._bench import demand, demand_valid, fitted, mixed
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Learner


@dataclass(frozen=True)
class Budget:
    def examine(self, learner: Learner) -> str | None:
        grows = parts.growth(learner)
        for task in learner.card.solves:
            data = mixed(task, learner.card.view)
            form = fitted(learner, data, clock=Clock(0.0))
            demand_valid(form.predict(data.x), data)
            demand(grows is None or form.rounds is not None, f"it grows by {grows} and its form does not tell how far")
            demand(grows is None or (form.rounds or 0) <= 5, f"with no time left it still went {form.rounds} rounds")
        return None
