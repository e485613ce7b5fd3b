"""Logistic regression, binary and multinomial, with an L2 penalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.linear import Linear
from ninefold.forms.links import Link, applied
from ninefold.learners._descent import descended
from ninefold.learners._trivial import constant, is_trivial


@dataclass(frozen=True)
class LogisticRegression:
    """Finds the weights that minimise log-loss + |weights|^2 / (2 C N), the intercept unpenalised.

    The objective is scikit-learn's, so ``c`` means the same; L-BFGS takes the steps and looks at the clock after each.
    """

    c: float = setting(0.3, "Inverse strength of the penalty", low=1e-4, high=1e3, log=True, tiny=1.0)
    iterations: int = setting(400, "Steps of L-BFGS at most", low=10, high=2000, log=True, tiny=50)

    card: ClassVar[Card] = Card(
        title="Logistic regression",
        solves=("binary", "multiclass"),
        view="scaled",
        idea="Each class gets a weighted sum of the columns; the sums become probabilities.",
        inductive_bias="The log-odds are linear in the columns; small weights are preferred.",
        cost="Linear in rows x columns x classes, some tens of passes.",
        source="Cox 1958; L-BFGS of Liu and Nocedal 1989, SciPy",
        questions=(1, 5),
        seconds=0.3,
        family="linear",
        beats_baseline_on=("halfspace", "noise_columns", "blobs", "categorical", "imbalanced"),
        fails_on=("xor", "parity", "rings", "noise"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"c": 0.03}, {"c": 3.0})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        width, scores = data.x.shape[1] + 1, 1 if data.outputs == 2 else data.outputs
        objective = _Objective(np.column_stack([data.x, np.ones(len(data.x))]), _indicators(data), self.c)
        found = descended(objective, np.zeros(width * scores), self.iterations, clock)
        weights = found.reshape(width, scores)
        return Linear(weights[:-1], weights[-1], objective.link)


@dataclass(frozen=True, eq=False)
class _Objective:
    """``x`` [N, D + 1] ends in a column of ones; ``y`` [N, S] says which class each row is, S = 1 for two classes."""

    x: Array
    y: Array
    c: float

    @property
    def link(self) -> Link:
        return "sigmoid" if self.y.shape[1] == 1 else "softmax"

    def __call__(self, flat: Array) -> tuple[float, Array]:
        """Mean penalised log-loss at the weights, and its gradient."""
        weights = flat.reshape(-1, self.y.shape[1])
        scores = self.x @ weights
        penalised = np.vstack([weights[:-1], np.zeros_like(weights[-1:])]) / (self.c * len(self.x))
        loss = self._log_loss(scores) + 0.5 * float((penalised * weights).sum())
        chances = applied(self.link, scores)[:, -self.y.shape[1] :]
        gradient = self.x.T @ (chances - self.y) / len(self.x) + penalised
        return loss, gradient.ravel()

    def _log_loss(self, scores: Array) -> float:
        others = np.zeros_like(scores) if self.link == "sigmoid" else scores[:, :0]
        total = np.logaddexp.reduce(np.hstack([others, scores]), axis=1)
        return float((total - (scores * self.y).sum(axis=1)).mean())


def _indicators(data: Examples) -> Array:
    """[N, 1] of 0 and 1 for two classes, else [N, K]."""
    if data.outputs == 2:
        return np.asarray(data.y, float)[:, None]
    return np.asarray(data.y[:, None] == np.arange(data.outputs), float)
