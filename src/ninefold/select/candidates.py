"""What can be tried: each learner's own list of settings, then settings drawn near its best so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np

from ninefold.core import parts
from ninefold.core.fairness import REWEIGHED
from ninefold.core.parts import Value
from ninefold.core.problem import Problem
from ninefold.core.protocols import Card, View, base_of
from ninefold.core.recipe import Features
from ninefold.core.tasks import serves

LEARNERS = "ninefold.learners"
RIVAL = "lightgbm"
"""The learner that a student is compared with, and that learns the truth alone."""
NEAR = 0.6
"""Share of drawn trials whose settings vary the parent's; the others are drawn anew."""
PARENTS = 5


@dataclass(frozen=True)
class Candidate:
    """A learner by name with every one of its settings, the view it learns from, and how its training rows are
    augmented (smote, mixup, reweigh, or not): what a trial tries.

    ``because`` is the code of the finding that led to it, ``parent`` the trial that it varies; neither changes what is
    tried.
    """

    learner: str
    settings: dict[str, Value]
    view: View
    because: str = field(default="", compare=False)
    parent: int | None = field(default=None, compare=False)
    augment: str = ""


def eligible(problem: Problem) -> dict[str, type[Any]]:
    """Learners that solve the task and were not excluded, by name; the baseline always.

    Raises:
        WishError: when a wished learner does not exist.
    """
    for name in problem.learners:
        parts.find(LEARNERS, name)
    always = {"baseline"} if problem.teaching is None else {"baseline", RIVAL}
    wanted = set(problem.learners) | always if problem.learners else set(parts.names(LEARNERS))
    found = {name: parts.find(LEARNERS, name) for name in sorted(wanted)}
    return {
        name: part
        for name, part in found.items()
        if serves(part.card.solves, problem.task)
        and installed(part.card)
        and (problem.fair is not None or not part.card.mitigates)
        and (not part.card.needs or needed(problem)[part.card.needs])
    }


def seeing(learners: Mapping[str, type[Any]], features: Features) -> dict[str, type[Any]]:
    """Those of the learners whose view the table has."""
    views = {base_of(recipe.view) for recipe in features.recipes}
    return {name: part for name, part in learners.items() if part.card.view in views}


def mitigates(candidate: Candidate, learners: Mapping[str, type[Any]]) -> bool:
    """Whether it is tried to be fair, and not for its loss."""
    learner = learners.get(candidate.learner)
    return candidate.augment == REWEIGHED or (learner is not None and bool(learner.card.mitigates))


def installed(card: Card) -> bool:
    """Whether the library that a learner needs beyond the core install can be imported."""
    return not card.library or find_spec(card.library) is not None


def portfolio(name: str, learner: type[Any], needed: Mapping[str, Value] | None = None) -> tuple[Candidate, ...]:
    """The settings on a learner's own list, in its order, with what it needs of those that were wished for."""
    given = {key: value for key, value in (needed or {}).items() if key == learner.card.needs}
    made = (learner(**values, **given) for values in learner.portfolio)
    return tuple(Candidate(name, parts.settings(part), part.card.view) for part in made)


def needed(problem: Problem) -> dict[str, Value]:
    """What learners may need of the user's wishes, by the name that their cards give it."""
    return {"backbone": problem.backbone}


def drawn(best: Sequence[Candidate], learner: type[Any], rng: np.random.Generator) -> Candidate:
    """A new setting for one of a learner's ``best`` candidates (best first), which must not be empty."""
    parent = best[min(int(rng.geometric(0.5)) - 1, len(best) - 1, PARENTS - 1)]
    spaces = parts.spaces(learner)
    near = rng.random() < NEAR
    values = {
        name: space.draw(parent.settings[name], rng)
        if not space.grows and (not near or rng.random() < 2 / max(2, len(spaces)))
        else parent.settings[name]
        for name, space in spaces.items()
    }
    return Candidate(parent.learner, values, parent.view, augment=parent.augment)
