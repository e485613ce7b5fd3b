"""Log-loss of a weighted sum of columns, and the L-BFGS that minimises it while it looks at the clock."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.forms.linear import Linear
from ninefold.forms.links import Link, applied
from ninefold.learners._descent import descended


def logistic(data: Examples, c: float, iterations: int, clock: Clock, weights: Array | None = None) -> Linear:
    """The weights that minimise log-loss + |weights|^2 / (2 c N), the intercept unpenalised (scikit-learn's objective).

    L-BFGS takes at most ``iterations`` steps; when the clock runs out, the step reached decides. ``weights`` [N] are
    those of the rows, 1 on average; all equal where there are none.
    """
    objective = LogLoss(with_ones(data.x), indicators(data), 1.0 / (c * len(data.x)), weights)
    start = np.zeros(objective.x.shape[1] * objective.y.shape[1])
    weights = descended(objective, start, iterations, clock).reshape(-1, objective.y.shape[1])
    return Linear(weights[:-1], weights[-1], objective.link)


@dataclass(frozen=True, eq=False)
class LogLoss:
    """Mean log-loss + ``penalty`` / 2 x |weights|^2, the last weight of each score (the intercept) unpenalised.

    ``x`` [N, D + 1] ends in a column of ones; ``y`` [N, S] says which class each row is, S = 1 for two classes;
    ``weights`` [N] are those of the rows, all equal where there are none.
    """

    x: Array
    y: Array
    penalty: float
    weights: Array | None = None

    @cached_property
    def shares(self) -> Array:
        """[N, 1]: what each row counts for, 1 in all."""
        weights = np.ones(len(self.y)) if self.weights is None else self.weights
        return np.asarray(weights / weights.sum())[:, None]

    @property
    def link(self) -> Link:
        return "sigmoid" if self.y.shape[1] == 1 else "softmax"

    def __call__(self, flat: Array) -> tuple[float, Array]:
        """Its value at the weights [(D + 1) x S], and its gradient."""
        weights = flat.reshape(-1, self.y.shape[1])
        scores = self.x @ weights
        penalised = self.penalty * np.vstack([weights[:-1], np.zeros_like(weights[-1:])])
        loss = self._log_loss(scores) + 0.5 * float((penalised * weights).sum())
        chances = applied(self.link, scores)[:, -self.y.shape[1] :]
        gradient = self.x.T @ (self.shares * (chances - self.y)) + penalised
        return loss, gradient.ravel()

    def _log_loss(self, scores: Array) -> float:
        others = np.zeros_like(scores) if self.link == "sigmoid" else scores[:, :0]
        total = np.logaddexp.reduce(np.hstack([others, scores]), axis=1)
        return float((total - (scores * self.y).sum(axis=1)) @ self.shares[:, 0])


def with_ones(x: Array) -> Array:
    """[N, D + 1]: the columns, and one of ones for the intercept."""
    return np.column_stack([x, np.ones(len(x))])


def indicators(data: Examples) -> Array:
    """[N, 1] of 0 and 1 for two classes, else [N, K]; shares of classes where there are any."""
    if data.shares is not None:
        return data.shares[:, -1:] if data.outputs == 2 else data.shares
    if data.outputs == 2:
        return np.asarray(data.y, float)[:, None]
    return np.asarray(data.y[:, None] == np.arange(data.outputs), float)
