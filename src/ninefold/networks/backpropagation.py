"""How a network learns, written out by hand: for reading. Training uses PyTorch, and a test holds the two together.

A network of two layers says, for rows x [N, D],

    h = x W + b        sums of the first layer         [N, H]
    a = tanh(h)        bent                            [N, H]
    s = a V + c        one score per class             [N, K]
    p = softmax(s)     probabilities                   [N, K]

and its loss is the mean over rows of -log p(right class). Learning needs to know how the loss changes with each weight.
The chain rule says so, layer by layer from the end: each step takes the change with what a layer gave, and makes of it
the change with its weights and with what it was given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array


@dataclass(frozen=True, eq=False)
class TwoLayers:
    """The weights: ``w`` [D, H], ``b`` [H], ``v`` [H, K], ``c`` [K]."""

    w: Array
    b: Array
    v: Array
    c: Array

    @classmethod
    def drawn(cls, columns: int, units: int, classes: int, rng: np.random.Generator) -> TwoLayers:
        """Small random weights, so that sums have a spread of about 1 (Glorot and Bengio 2010)."""
        w = rng.normal(size=(columns, units)) * np.sqrt(2 / (columns + units))
        v = rng.normal(size=(units, classes)) * np.sqrt(2 / (units + classes))
        return cls(w, np.zeros(units), v, np.zeros(classes))

    def probabilities(self, x: Array) -> Array:
        return softmax(np.tanh(x @ self.w + self.b) @ self.v + self.c)

    def loss(self, x: Array, y: Array) -> float:
        """Of rows [N, D] whose right classes are ``y`` [N]."""
        return float(-np.log(self.probabilities(x)[np.arange(len(y)), y]).mean())

    def gradients(self, x: Array, y: Array) -> TwoLayers:
        """How the loss changes with each weight, in the same places."""
        a = np.tanh(x @ self.w + self.b)
        p = softmax(a @ self.v + self.c)
        # The loss with the scores. Softmax and logarithm together leave what is said less what is right.
        right = np.eye(len(self.c))[y]
        d_s = (p - right) / len(y)
        # A score is a V + c: a weight matters as much as what it multiplies, c to every row alike.
        d_v, d_c = a.T @ d_s, d_s.sum(axis=0)
        # Through V back to the bent sums, and through the bend: tanh' = 1 - tanh^2.
        d_h = (d_s @ self.v.T) * (1 - a**2)
        return TwoLayers(x.T @ d_h, d_h.sum(axis=0), d_v, d_c)

    def moved(self, gradients: TwoLayers, rate: float) -> TwoLayers:
        """A step against the gradients: the loss falls, if the step is small."""
        return TwoLayers(
            self.w - rate * gradients.w,
            self.b - rate * gradients.b,
            self.v - rate * gradients.v,
            self.c - rate * gradients.c,
        )


def softmax(scores: Array) -> Array:
    """Positive numbers that sum to 1 per row; the highest score is taken off first, which changes nothing but keeps
    exp finite."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
