"""Logistic regression, binary and multinomial, with an L2 penalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._logistic import logistic
from ninefold.learners._trivial import constant, is_trivial


@dataclass(frozen=True)
class LogisticRegression:
    """Finds the weights that minimise log-loss + |weights|^2 / (2 C N), the intercept unpenalised.

    The objective is scikit-learn's, so ``c`` means the same; L-BFGS takes the steps and looks at the clock after each.
    """

    c: float = setting(0.3, "Inverse strength of the penalty", low=1e-4, high=1e3, log=True, tiny=1.0, simpler="low")
    iterations: int = setting(400, "Steps of L-BFGS at most", low=10, high=2000, log=True, tiny=50)

    card: ClassVar[Card] = Card(
        title="Logistic regression",
        solves=("binary", "multiclass"),
        view="scaled",
        idea="Each class gets a weighted sum of the columns; the sums become probabilities.",
        inductive_bias="The log-odds are linear in the columns; small weights are preferred.",
        cost="Linear in rows x columns x classes, some tens of passes.",
        source="Cox 1958; L-BFGS of Liu and Nocedal 1989, SciPy",
        questions=(20,),
        seconds=0.3,
        promise=0.6,
        family="linear",
        beats_baseline_on=("halfspace", "noise_columns", "blobs", "categorical", "imbalanced"),
        fails_on=("xor", "parity", "rings", "noise"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"c": 0.03}, {"c": 3.0})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        return constant(data) if is_trivial(data) else logistic(data, self.c, self.iterations, clock)
