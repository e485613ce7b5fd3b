"""A few readable rules with weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.forest import Forest
from ninefold.forms.rules import Rules as Fitted
from ninefold.learners import _rules
from ninefold.learners._least_squares import least_squares
from ninefold.learners._logistic import logistic
from ninefold.learners._shrinkage import Sparse
from ninefold.learners._trivial import constant, is_trivial
from ninefold.learners.lightgbm import LightGBM

CHOOSING = 5_000
"""Rows that the rules are chosen on; their weights are fitted on all."""
SHRINK, PENALTIES, ITERATIONS = 0.7, 20, 40
"""Each penalty is that part of the one before, so many are tried, with so many steps each."""


@dataclass(frozen=True)
class Rules:
    """Grows small boosted trees, takes the way to each of their nodes for a rule, and keeps the few that matter.

    The L1 penalty falls until more than ``rules`` of them would get a weight; the ones chosen by then are weighed anew
    with a light L2 penalty, since the L1 penalty chooses well and weighs too low.
    """

    rules: int = setting(30, "Rules kept at most", low=3, high=60, log=True, tiny=8, simpler="low")
    trees: int = setting(40, "Rounds of boosting that the rules come from", low=10, high=200, log=True, tiny=10)
    leaves: int = setting(5, "Leaves per tree", low=2, high=8)
    c: float = setting(
        1.0, "Inverse strength of the penalty on the weights", low=0.01, high=100.0, log=True, simpler="low"
    )

    card: ClassVar[Card] = Card(
        title="Rules",
        solves=("binary", "multiclass", "regression"),
        view="plain",
        idea="Some tens of rules such as 'age > 40 and city is 2', each with a weight; those that hold are added up.",
        inductive_bias="Few boxes in few columns decide.",
        cost="Boosting of few small trees; some hundred passes over rules x at most 5,000 rows.",
        source="Friedman and Popescu 2008; trees by LightGBM, weights by FISTA",
        questions=(10, 17),
        seconds=2.2,
        promise=0.1,
        family="rules",
        beats_baseline_on=(
            "halfspace",
            "xor",
            "rings",
            "blobs",
            "linear",
            "steps",
            "smooth",
            "categorical",
            "missing",
            "imbalanced",
            "noise_columns",
        ),
        fails_on=("parity", "noise"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {},
        {"rules": 50, "trees": 100},
        {"rules": 12, "leaves": 4},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        rounds = max(10, self.trees // data.outputs)
        boosting = LightGBM(trees=rounds, leaves=self.leaves, learning_rate=0.15)
        forest = boosting.fit(replace(data, stop=None), rng=rng, clock=clock)
        rows = rng.permutation(len(data.y))[:CHOOSING]
        if not isinstance(forest, Forest) or not len(forest.feature):
            return constant(data)
        found = _rules.read(forest, data, rows)
        if not found.uses.shape[1]:
            return constant(data)
        return self._weighed(self._chosen(found, data, rows, clock), data, rng, clock)

    def _chosen(self, found: Fitted, data: Examples, rows: Array, clock: Clock) -> Fitted:
        """At most ``rules`` of the found ones, by the L1 penalty under which they are the last to vanish."""
        sparse = Sparse(replace(data, x=found.hold(data.x[rows]), y=data.y[rows]))
        best = weights = sparse.start
        l1 = sparse.most(weights)
        for _ in range(PENALTIES):
            l1 *= SHRINK
            weights = sparse.at(l1, 0.0, weights, ITERATIONS, clock)
            if clock.left <= 0 or len(_used(weights)) > self.rules:
                break
            best = weights
        return _rules.chosen(found, _used(best) if len(_used(best)) else np.arange(1))

    def _weighed(self, rules: Fitted, data: Examples, rng: np.random.Generator, clock: Clock) -> Fitted:
        seen = replace(data, x=rules.hold(data.x))
        if data.task == "regression":
            linear = least_squares(seen, 1.0 / self.c, rng, clock)
        else:
            linear = logistic(seen, self.c, 200, clock)
        return replace(rules, weights=linear.coefficients, intercept=linear.intercept, link=linear.link)


def _used(weights: Array) -> Array:
    """Numbers of the rules that have a weight for any score; the last row are the intercepts."""
    return np.flatnonzero(np.abs(weights[:-1]).sum(axis=1))
