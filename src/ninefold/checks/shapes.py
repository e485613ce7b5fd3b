"""Predictions have a row per row and a column per class (or one), finite, and probabilities are probabilities."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.checks._bench import demand_valid, mixed, take, tried
from ninefold.core.protocols import Learner


@dataclass(frozen=True)
class Shapes:
    def examine(self, learner: Learner) -> str | None:
        for task in learner.card.solves:
            data = mixed(task, learner.card.view)
            form = tried(learner, data)
            one = mixed(task, learner.card.view, rows=200, seed=5)
            demand_valid(form.predict(one.x[:1]), take(one, [0]))
        return None
