"""Bagging: another learner, many times over, each time on its own draw of the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.errors import WishError
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form, Learner
from ninefold.forms.mean import Mean
from ninefold.learners._trivial import constant, is_trivial

LEARNERS = "ninefold.learners"


@dataclass(frozen=True)
class Bagging:
    """Averages what a base learner makes of bootstrap draws: as many rows as there are, drawn with replacement.

    A base learner that grows may stop on the rows that its draw left out. It has the first settings of its portfolio.
    """

    base: str = setting("decision_tree", "Name of the learner to bag")
    bags: int = setting(25, "Draws of rows", low=2, high=200, log=True, tiny=3, grows=True)

    card: ClassVar[Card] = Card(
        title="Bagging",
        solves=("binary", "multiclass", "regression"),
        view="plain",
        idea="The mean over many redrawn samples varies less than what any one of them teaches.",
        inductive_bias="The base learner's, smoothed: its variance falls, its bias stays.",
        cost="That of the base learner, times the number of draws.",
        source="Breiman 1996",
        questions=(18, 21),
        seconds=6.0,
        promise=0.1,
        family="bagging",
        beats_baseline_on=("halfspace", "xor", "rings", "blobs", "linear", "steps", "smooth", "missing"),
        fails_on=("parity", "noise"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {"base": "lightgbm", "bags": 8},
        {"bags": 12},
        {"base": "lightgbm", "bags": 30},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        base = self._base(data)
        members: list[Form] = []
        while len(members) < self.bags:
            members.append(base.fit(_bag(data, rng), rng=rng, clock=clock))
            if clock.left <= 0:
                break
        return Mean(tuple(members))

    def _base(self, data: Examples) -> Learner:
        """Raises: WishError, for a learner that does not solve the task or that wants another view."""
        kind = parts.find(LEARNERS, self.base)
        if data.task not in kind.card.solves:
            raise WishError("NF-E303", f"{self.base} does not solve {data.task} problems", hint="bag another learner")
        if kind.card.view == "scaled" and (data.categorical or np.isnan(data.x).any()):
            raise WishError("NF-E303", f"{self.base} needs complete numbers", hint="bag a learner of the plain view")
        made: Learner = parts.make(LEARNERS, self.base, kind.portfolio[0])
        return made


def _bag(data: Examples, rng: np.random.Generator) -> Examples:
    """Rows drawn with replacement; the rows left out are those to stop on."""
    rows = rng.integers(len(data.y), size=len(data.y))
    left = np.setdiff1d(np.arange(len(data.y)), rows)
    stop = replace(data, x=data.x[left], y=data.y[left], stop=None) if len(left) else None
    return replace(data, x=data.x[rows], y=data.y[rows], stop=stop)
