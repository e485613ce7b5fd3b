"""Poisson regression: the logarithm of the expected count is linear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.linear import Linear
from ninefold.forms.links import applied
from ninefold.learners._descent import descended
from ninefold.learners._trivial import constant, is_trivial


@dataclass(frozen=True)
class PoissonRegression:
    """Finds the weights that minimise half the mean Poisson deviance + alpha x |weights|^2 / 2, the intercept
    unpenalised.

    The objective is that of scikit-learn's ``PoissonRegressor``, so ``alpha`` means the same.
    """

    alpha: float = setting(1e-2, "Strength of the penalty", low=1e-6, high=1e2, log=True, tiny=1e-2)
    iterations: int = setting(400, "Steps of L-BFGS at most", low=10, high=2000, log=True, tiny=50)

    card: ClassVar[Card] = Card(
        title="Poisson regression",
        solves=("count",),
        view="scaled",
        idea="Each column multiplies the expected count by a factor.",
        inductive_bias="The logarithm of the mean is linear in the columns; the variance grows with the mean.",
        cost="Linear in rows x columns, some tens of passes.",
        source="Nelder and Wedderburn 1972; L-BFGS of Liu and Nocedal 1989, SciPy",
        questions=(1, 9),
        seconds=0.2,
        family="linear",
        beats_baseline_on=("arrivals",),
        fails_on=("dips",),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"alpha": 1e-4}, {"alpha": 1.0})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        start = np.zeros(data.x.shape[1] + 1)
        start[-1] = np.log(data.y.mean())
        weights = descended(_Objective(data.x, data.y, self.alpha), start, self.iterations, clock)
        return Linear(weights[:-1, None], weights[-1:], "exp")


@dataclass(frozen=True, eq=False)
class _Objective:
    """``x`` [N, D], ``y`` [N] counts."""

    x: Array
    y: Array
    alpha: float

    def __call__(self, weights: Array) -> tuple[float, Array]:
        """The penalised loss at the weights [D + 1], the intercept last, and its gradient."""
        scores = self.x @ weights[:-1] + weights[-1]
        means = applied("exp", scores)
        apart = (means - self.y) / len(self.y)
        loss = float((means - self.y * scores).mean() + 0.5 * self.alpha * (weights[:-1] ** 2).sum())
        return loss, np.append(self.x.T @ apart + self.alpha * weights[:-1], apart.sum())
