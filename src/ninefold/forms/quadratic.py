"""Scores that are quadratic in each column on its own, turned into shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array
from ninefold.forms import links
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True, eq=False)
class Quadratic:
    """Scores [N, K] = x^2 @ ``square`` + x @ ``linear`` + ``intercept``, the softmax of which is predicted."""

    square: Array
    linear: Array
    intercept: Array

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        return links.applied("softmax", x**2 @ self.square + x @ self.linear + self.intercept)

    def graph(self, x: Var) -> Var:
        scores = op.add(op.matmul(op.mul(x, x), const(self.square)), op.matmul(x, const(self.linear)))
        return links.nodes("softmax", op.add(scores, const(self.intercept)))

    def borders(self) -> Array:
        """None: no row is treated in another way than the rows beside it."""
        return np.zeros((0, len(self.linear)))
