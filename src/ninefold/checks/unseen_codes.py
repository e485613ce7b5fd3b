"""A category code that training never met gets a prediction like any other."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.checks._bench import demand_valid, mixed, tried
from ninefold.core.protocols import Learner


@dataclass(frozen=True)
class UnseenCodes:
    def examine(self, learner: Learner) -> str | None:
        if learner.card.view != "plain":
            return "its view has no codes"
        for task in learner.card.solves:
            data = mixed(task, learner.card.view)
            form = tried(learner, data)
            new = data.x.copy()
            new[:, data.categorical] = 999.0
            demand_valid(form.predict(new), data)
        return None
