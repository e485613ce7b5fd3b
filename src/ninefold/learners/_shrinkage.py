"""Sparse weights: a smooth loss plus an L1 penalty, minimised step by step while the clock allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.forms.linear import Linear
from ninefold.learners._logistic import LogLoss, indicators, with_ones

TOLERANCE = 1e-5
"""Steps end where none changes the weights' gradient by more than this."""
SLACK = 1e-12
"""Rounding that the comparison of two losses forgives, relatively."""

Smooth = Callable[[Array], tuple[float, Array]]
"""Flat weights to a loss and its gradient."""


@dataclass(frozen=True, eq=False)
class SquaredLoss:
    """Half the mean squared error + ``penalty`` / 2 x |weights|^2; shapes as in `LogLoss`, S = 1."""

    x: Array
    y: Array
    penalty: float

    def __call__(self, flat: Array) -> tuple[float, Array]:
        gaps = self.x @ flat - self.y[:, 0]
        penalised = self.penalty * np.append(flat[:-1], 0.0)
        loss = 0.5 * float((gaps**2).mean()) + 0.5 * float(penalised @ flat)
        return loss, self.x.T @ gaps / len(gaps) + penalised


@dataclass(frozen=True, eq=False)
class Sparse:
    """The task of finding sparse weights for some examples: ``at`` gives them for a penalty, from where one starts.

    Values are centred and scaled to spread 1 first, so that one penalty means the same whatever their unit.
    """

    data: Examples

    @property
    def start(self) -> Array:
        """[D + 1, S]: no weight, and the intercepts that give every row the class shares, or the mean."""
        if self.data.task == "regression":
            return np.zeros((self.data.x.shape[1] + 1, 1))
        share = (np.bincount(self.data.y, minlength=self.data.outputs) + 0.1) / len(self.data.y)
        scores = np.log(share)
        intercept = scores[1:] - scores[0] if self.data.outputs == 2 else scores
        return np.vstack([np.zeros((self.data.x.shape[1], len(intercept))), intercept])

    def at(self, l1: float, l2: float, start: Array, iterations: int, clock: Clock) -> Array:
        """[D + 1, S]: the weights that minimise the mean loss + ``l1`` x |weights| + ``l2`` / 2 x |weights|^2."""
        free = np.vstack([np.full_like(start[:-1], l1), np.zeros_like(start[-1:])])
        return shrunk(self._smooth(l2), free.ravel(), start.ravel(), iterations, clock).reshape(start.shape)

    def most(self, start: Array) -> float:
        """The L1 penalty under which no weight leaves zero."""
        gradient = self._smooth(0.0)(start.ravel())[1].reshape(start.shape)
        return float(np.abs(gradient[:-1]).max())

    def _smooth(self, l2: float) -> Smooth:
        x = with_ones(self.data.x)
        if self.data.task == "regression":
            centre, spread = self._scale
            return SquaredLoss(x, (self.data.y[:, None] - centre) / spread, l2)
        return LogLoss(x, indicators(self.data), l2)

    @property
    def _scale(self) -> tuple[float, float]:
        return float(self.data.y.mean()), float(self.data.y.std())

    def form(self, weights: Array) -> Linear:
        """The weights [D + 1, S] as a form, in the target's own unit."""
        if self.data.task == "regression":
            centre, spread = self._scale
            return Linear(weights[:-1] * spread, weights[-1] * spread + centre, "identity")
        return Linear(weights[:-1], weights[-1], "sigmoid" if self.data.outputs == 2 else "softmax")


def shrunk(smooth: Smooth, l1: Array, start: Array, iterations: int, clock: Clock) -> Array:
    """The weights that minimise ``smooth`` + the sum of ``l1`` x |weights|, from ``start``, all flat.

    FISTA with backtracking (Beck and Teboulle 2009), its momentum dropped whenever it points uphill (O'Donoghue and
    Candès 2015). Ends after ``iterations`` steps, or when the clock runs out.
    """
    at, ahead, pace, bound = start, start, 1.0, 0.25
    for _ in range(iterations):
        new, bound = _step(smooth, ahead, l1, bound)
        if clock.left <= 0 or bound * np.abs(new - ahead).max() <= TOLERANCE:
            return new
        pace = 1.0 if (ahead - new) @ (new - at) > 0 else pace
        next_pace = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead = new + (pace - 1) / next_pace * (new - at)
        at, pace = new, next_pace
    return at


def _step(smooth: Smooth, ahead: Array, l1: Array, bound: float) -> tuple[Array, float]:
    """One step down and towards zero; ``bound`` on the curvature is doubled until the step is no leap of faith."""
    loss, gradient = smooth(ahead)
    while True:
        new = ahead - gradient / bound
        new = np.sign(new) * np.maximum(np.abs(new) - l1 / bound, 0.0)
        gap = new - ahead
        if smooth(new)[0] <= loss + gradient @ gap + 0.5 * bound * gap @ gap + SLACK * abs(loss):
            return new, bound
        bound *= 2
