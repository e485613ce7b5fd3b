"""One score, cut into classes that have an order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True, eq=False)
class Cumulative:
    """``slopes`` [D] give a score, ``cuts`` [M - 1], rising, the log-odds of lying at or below each class but the
    highest. ``classes`` are the M codes met, out of ``outputs``; the others get probability 0."""

    slopes: Array
    cuts: Array
    classes: tuple[int, ...]
    outputs: int

    @property
    def rounds(self) -> None:
        return None

    @property
    def _steps(self) -> Array:
        """[M + 1, outputs]: turns the shares at or below 0, cut 1, …, 1 into the share of each class."""
        steps = np.zeros((len(self.classes) + 1, self.outputs))
        for place, code in enumerate(self.classes):
            steps[place, code], steps[place + 1, code] = -1.0, 1.0
        return steps

    def predict(self, x: Array) -> Array:
        inner = np.exp(-np.logaddexp(0.0, x @ self.slopes[:, None] - self.cuts))
        ends = np.zeros((len(x), 1)), np.ones((len(x), 1))
        return np.asarray(np.maximum(np.hstack([ends[0], inner, ends[1]]) @ self._steps, 0.0))

    def graph(self, x: Var) -> Var:
        inner = op.sigmoid(op.sub(const(self.cuts), op.matmul(x, const(self.slopes[:, None]))))
        steps = self._steps
        shares = op.add(op.matmul(inner, const(steps[1:-1])), const(steps[-1]))
        return op.max([shares, const(0.0)])

    def borders(self) -> Array:
        """The points nearest to the origin whose score is a cut."""
        length = float((self.slopes**2).sum())
        return self.cuts[:, None] / length * self.slopes if length > 0 else np.zeros((0, len(self.slopes)))
