"""Ordinal regression: one weighted sum of the columns, cut into classes that have an order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.cumulative import Cumulative
from ninefold.learners._descent import descended
from ninefold.learners._trivial import constant, is_trivial

LEAST = 1e-12
"""Probabilities are kept from falling below it before their logarithm is taken."""


@dataclass(frozen=True)
class OrdinalRegression:
    """The proportional odds model: the odds of lying at or below a class are those of its cut, divided by a factor for
    each column that is the same for all classes. The penalty is |weights|^2 / (2 C N)."""

    c: float = setting(1.0, "Inverse strength of the penalty", low=1e-4, high=1e3, log=True, tiny=1.0)
    iterations: int = setting(400, "Steps of L-BFGS at most", low=10, high=2000, log=True, tiny=50)

    card: ClassVar[Card] = Card(
        title="Ordinal regression",
        solves=("ordinal",),
        view="scaled",
        idea="A hidden score rises with a weighted sum of the columns, and cuts divide it into the classes.",
        inductive_bias="One direction orders the rows; a column moves the odds at every cut alike.",
        cost="Linear in rows x columns, some tens of passes.",
        source="McCullagh 1980; L-BFGS of Liu and Nocedal 1989, SciPy",
        questions=(20,),
        seconds=0.2,
        family="linear",
        beats_baseline_on=("ladder",),
        fails_on=("middle",),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"c": 0.03}, {"c": 30.0})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        met, codes = np.unique(data.y, return_inverse=True)
        below = np.cumsum(np.bincount(codes))[:-1] / len(codes)
        cuts = np.log(below / (1 - below))
        start = np.concatenate([np.zeros(data.x.shape[1]), cuts[:1], np.log(np.diff(cuts))])
        objective = _Objective(data.x, codes, self.c)
        weights = descended(objective, start, self.iterations, clock)
        return Cumulative(weights[: data.x.shape[1]], objective.cuts(weights), tuple(met.tolist()), data.outputs)


@dataclass(frozen=True, eq=False)
class _Objective:
    """``x`` [N, D], ``y`` [N] codes 0 to K - 1, all of which occur. Weights are [D] for the columns, then the lowest
    cut, then the logarithms of the K - 2 steps from each cut to the next, so that cuts stay in order."""

    x: Array
    y: Array
    c: float

    def cuts(self, weights: Array) -> Array:
        """[K - 1], rising."""
        tail = weights[self.x.shape[1] :]
        return np.asarray(tail[0] + np.concatenate([[0.0], np.cumsum(np.exp(tail[1:]))]))

    def __call__(self, weights: Array) -> tuple[float, Array]:
        """Mean penalised log-loss, and its gradient."""
        slopes = weights[: self.x.shape[1]]
        edges = np.concatenate([[-np.inf], self.cuts(weights), [np.inf]])
        scores = self.x @ slopes
        upper, lower = (_sigmoid(edges[self.y + side] - scores) for side in (1, 0))
        chance = np.maximum(upper - lower, LEAST)
        at_upper, at_lower = (-(p * (1 - p)) / chance / len(self.y) for p in (upper, lower))
        size = len(edges)
        pull = np.bincount(self.y + 1, at_upper, size) - np.bincount(self.y, at_lower, size)
        penalty = slopes / (self.c * len(self.y))
        loss = -float(np.log(chance).mean()) + 0.5 * float(penalty @ slopes)
        return loss, np.concatenate([self.x.T @ (at_lower - at_upper) + penalty, self._of_cuts(pull[1:-1], weights)])

    def _of_cuts(self, pull: Array, weights: Array) -> Array:
        """The gradient by the lowest cut and the steps, from that by the cuts [K - 1]: a step moves all cuts above."""
        above = np.cumsum(pull[::-1])[::-1]
        return np.concatenate([above[:1], above[1:] * np.exp(weights[self.x.shape[1] + 1 :])])


def _sigmoid(scores: Array) -> Array:
    return np.asarray(np.exp(-np.logaddexp(0.0, -scores)))
