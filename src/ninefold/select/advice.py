"""What the trials so far suggest to try next: every action is asked whenever a trial has finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from ninefold.core import parts
from ninefold.core.problem import Problem
from ninefold.core.recipe import Features
from ninefold.core.table import Dataset
from ninefold.select.candidates import Candidate
from ninefold.select.trials import Entry

ACTIONS = "ninefold.select.actions"


@dataclass(frozen=True, eq=False)
class Situation:
    """What an action may look at. ``finished`` are the finished trials, best first, never empty."""

    problem: Problem
    dataset: Dataset
    features: Features
    learners: Mapping[str, type[Any]]
    finished: Sequence[Entry]


class Action(Protocol):
    """A part of `ninefold.select.actions`."""

    code: ClassVar[str]
    """The finding that it answers."""

    def advise(self, situation: Situation) -> list[Candidate]:
        """Candidates with ``because`` and ``parent`` filled in; none where the finding does not hold."""
        ...


def advised(situation: Situation) -> list[Candidate]:
    """What all actions suggest, in the order of their names."""
    actions: list[Action] = [parts.make(ACTIONS, name) for name in parts.names(ACTIONS)]
    return [candidate for action in actions for candidate in action.advise(situation)]
