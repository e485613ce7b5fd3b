"""Linear quantile regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.linear import Linear
from ninefold.forms.rising import Rising
from ninefold.learners._descent import descended
from ninefold.learners._trivial import constant, is_trivial

ROUNDED = 0.02
"""Width, in standard deviations of the target, within which the corner of the pinball loss is rounded."""


@dataclass(frozen=True)
class QuantileRegression:
    """Finds, for each quantile, the weights that minimise the mean pinball loss of the target in units of its spread +
    alpha x |weights|^2 / 2, the intercept unpenalised. The corner of the loss is rounded, so that it has a gradient."""

    alpha: float = setting(1e-3, "Strength of the penalty", low=1e-6, high=1e2, log=True, tiny=1e-3)
    iterations: int = setting(400, "Steps of L-BFGS at most", low=10, high=2000, log=True, tiny=50)

    card: ClassVar[Card] = Card(
        title="Quantile regression",
        solves=("quantile",),
        view="scaled",
        idea="Each quantile gets a weighted sum of the columns.",
        inductive_bias="Quantiles are linear in the columns, each with weights of its own.",
        cost="Linear in rows x columns x quantiles, some tens of passes.",
        source="Koenker and Bassett 1978; rounded as by Zheng 2011; L-BFGS of SciPy",
        questions=(1, 9),
        seconds=0.3,
        family="linear",
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"alpha": 1e-5}, {"alpha": 0.1})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        centre, spread = float(data.y.mean()), float(data.y.std())
        y = (data.y - centre) / spread
        objective = _Objective(np.column_stack([data.x, np.ones(len(y))]), y, np.array(data.levels), self.alpha)
        start = np.zeros((data.x.shape[1] + 1, len(data.levels)))
        start[-1] = np.quantile(y, data.levels)
        found = spread * descended(objective, start.ravel(), self.iterations, clock).reshape(start.shape)
        return Rising(Linear(found[:-1], found[-1] + centre, "identity"))


@dataclass(frozen=True, eq=False)
class _Objective:
    """``x`` [N, D + 1] ends in a column of ones; ``y`` [N]; ``levels`` [Q]."""

    x: Array
    y: Array
    levels: Array
    alpha: float

    def __call__(self, flat: Array) -> tuple[float, Array]:
        """The penalised loss, summed over the quantiles, and its gradient."""
        weights = flat.reshape(-1, len(self.levels))
        scaled = (self.y[:, None] - self.x @ weights) / ROUNDED
        penalised = self.alpha * np.vstack([weights[:-1], np.zeros_like(weights[-1:])])
        each = ROUNDED * (self.levels * scaled + np.logaddexp(0.0, -scaled))
        slopes = self.levels - np.exp(-np.logaddexp(0.0, scaled))
        loss = float(each.mean(axis=0).sum() + 0.5 * (penalised * weights).sum())
        return loss, (penalised - self.x.T @ slopes / len(self.y)).ravel()
