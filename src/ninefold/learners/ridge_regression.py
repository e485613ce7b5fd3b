"""Least squares with an L2 penalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._least_squares import least_squares
from ninefold.learners._trivial import constant, is_trivial


@dataclass(frozen=True)
class RidgeRegression:
    """Finds the weights that minimise squared error + alpha x |weights|^2, the intercept unpenalised."""

    alpha: float = setting(1.0, "Strength of the penalty", low=1e-3, high=1e5, log=True, tiny=1.0, simpler="high")

    card: ClassVar[Card] = Card(
        title="Ridge regression",
        solves=("regression", "multioutput", "forecast"),
        view="scaled",
        idea="Linear regression that pays for large weights, so that noise in many columns averages out.",
        inductive_bias="Linear in the columns; small weights, shared among columns that say the same.",
        cost="Rows x columns squared, once.",
        source="Hoerl and Kennard 1970; LAPACK through NumPy",
        questions=(10,),
        seconds=0.05,
        promise=0.5,
        family="linear",
        beats_baseline_on=("linear",),
        fails_on=("smooth",),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({"alpha": 10.0}, {"alpha": 1.0}, {"alpha": 300.0})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        return constant(data) if is_trivial(data) else least_squares(data, self.alpha, rng, clock)
