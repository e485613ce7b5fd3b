"""The setting that grows is obeyed, and rows to stop on stop it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ninefold.checks._bench import demand, fitted, mixed
from ninefold.core import parts
from ninefold.core.protocols import Learner


@dataclass(frozen=True)
class Growth:
    def examine(self, learner: Learner) -> str | None:
        grows = parts.growth(learner)
        if grows is None:
            return "no setting of it grows"
        for task in learner.card.solves:
            data = mixed(task, learner.card.view)
            form = fitted(replace(parts.tiny(learner), **{grows: 12}), data)
            demand(form.rounds == 12, f"{grows}=12 and nothing to stop on, but it went {form.rounds} rounds")
            watched = fitted(parts.tiny(learner), replace(data, stop=mixed(task, learner.card.view, seed=9)))
            demand(0 < (watched.rounds or 0) <= getattr(parts.tiny(learner), grows), "it went further than it may")
        return None
