"""Logistic regression under a criterion of fairness."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._logistic import logistic
from ninefold.learners._reduction import reduced
from ninefold.learners._trivial import constant, is_trivial


@dataclass(frozen=True)
class FairLogistic:
    """A few logistic regressions, each on rows weighed so that groups come closer, and their mean.

    Without a sensitive column it is one of them.
    """

    c: float = setting(0.3, "Inverse strength of the penalty", low=1e-4, high=1e3, log=True, tiny=1.0, simpler="low")
    iterations: int = setting(10, "Steps of the game between learner and criterion", low=3, high=50, log=True, tiny=3)
    descents: int = setting(200, "Steps of L-BFGS at most", low=10, high=2000, log=True, tiny=50)

    card: ClassVar[Card] = Card(
        title="Fair logistic regression",
        solves=("binary",),
        view="scaled",
        idea="Weighted sums again and again, each time paid more for rows of groups that fare worse; a mean of them.",
        inductive_bias="Log-odds are linear in the columns, held to answers that are alike in all groups.",
        cost="Up to nine regressions for each step of the game.",
        source="Agarwal and others 2018; Fairlearn",
        questions=(20, 50),
        seconds=4.0,
        promise=0.5,
        family="linear",
        beats_baseline_on=("halfspace", "categorical", "imbalanced"),
        fails_on=("xor", "parity", "rings", "noise"),
        library="fairlearn",
        extra="fairness",
        mitigates=True,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"c": 0.03})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        return reduced(
            data,
            lambda y, weights: logistic(replace(data, y=y), self.c, self.descents, clock, weights),
            self.iterations,
            clock,
        )
