"""What the trials so far suggest to try next: every action is asked whenever a trial has finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol

import numpy as np

from ninefold.core import parts
from ninefold.core.findings import About
from ninefold.core.problem import Problem
from ninefold.core.recipe import Features
from ninefold.core.results import Geometry
from ninefold.core.table import Dataset
from ninefold.diagnosis.curves import Scale
from ninefold.select.candidates import Candidate, mitigates
from ninefold.select.trials import Entry

ACTIONS = "ninefold.select.actions"
BASELINE = "baseline"
FIRST = 8
"""Finished trials before anything is advised: before that, there is more to learn from other learners."""
SHARE = 0.25
"""Of the finished trials, those that were advised stay below this share, so that the portfolio has its turn."""
LEADERS = 2
"""Trials, best first, that actions look at."""


@dataclass(frozen=True, eq=False)
class Situation:
    """What an action may look at. ``finished`` are the finished trials, best first, never empty; ``geometry`` is of
    the training rows."""

    problem: Problem
    dataset: Dataset
    features: Features
    learners: Mapping[str, type[Any]]
    finished: Sequence[Entry]
    geometry: Geometry

    @property
    def leaders(self) -> list[Entry]:
        """The best trials that learned something from columns."""
        plain = [entry for entry in self.finished if not mitigates(entry.candidate, self.learners)]
        return [entry for entry in plain if entry.candidate.learner != BASELINE][:LEADERS]

    @cached_property
    def scale(self) -> Scale | None:
        """How the problem's metric becomes skill; None until the baseline has been scored."""
        base = next((entry for entry in self.finished if entry.candidate.learner == BASELINE), None)
        if base is None:
            return None
        higher = parts.find("ninefold.metrics", self.problem.metric).higher_is_better
        return Scale(float(np.mean([base.done[k].score or 0.0 for k in base.scored])), 1.0 if higher else 0.0)

    def skills(self, entry: Entry) -> tuple[float, float]:
        """Mean skill on (train, validation) rows over the folds of a trial; 0, 0 where it cannot be told."""
        scored = [entry.done[k] for k in entry.scored]
        if self.scale is None or any(done.score is None or done.train_score is None for done in scored):
            return 0.0, 0.0
        train, valid = (self.scale.skill([getattr(d, name) for d in scored]) for name in ("train_score", "score"))
        return float(train.mean()), float(valid.mean())


class Action(Protocol):
    """A part of `ninefold.select.actions`."""

    about: ClassVar[About]
    """The finding that it answers."""
    answer: ClassVar[str]
    """What is done about it, in a few words."""

    def advise(self, situation: Situation) -> list[Candidate]:
        """Candidates with ``because`` and ``parent`` filled in; none where the finding does not hold."""
        ...


def advised(situation: Situation) -> list[Candidate]:
    """What all actions suggest, in the order of their names; nothing while it is not advice's turn."""
    taken = sum(bool(entry.candidate.because) for entry in situation.finished)
    if len(situation.finished) < FIRST or taken >= SHARE * len(situation.finished):
        return []
    return [candidate for action in actions() for candidate in action.advise(situation)]


def actions() -> list[Action]:
    """Every action, by name."""
    return [parts.make(ACTIONS, name) for name in parts.names(ACTIONS)]
