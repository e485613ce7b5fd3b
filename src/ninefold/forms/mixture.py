"""A mixture of normal distributions, and how likely a row comes from each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True, eq=False)
class Mixture:
    """``means`` [K, D], ``whitening`` [K, D, D] (the Cholesky factor of each precision) or [K, D] where columns are
    independent within a cluster, and ``offsets`` [K], the logarithm of each weight and determinant.

    ``native`` gives the same responsibilities [N, K] by the library.
    """

    means: Array
    whitening: Array
    offsets: Array
    native: Callable[[Array], Array]

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        return self.native(x) if len(x) else np.zeros((0, len(self.means)))

    def graph(self, x: Var) -> Var:
        likely = [self._likelihood(x, k) for k in range(len(self.means))]
        together = op.concat(likely, axis=1) if len(likely) > 1 else likely[0]
        return op.softmax(together, axis=1)

    def _likelihood(self, x: Var, k: int) -> Var:
        """[N, 1]: the log-density of a component, up to what all components share."""
        gap, white = op.sub(x, const(self.means[k])), const(self.whitening[k])
        score = op.mul(gap, white) if self.whitening.ndim == 2 else op.matmul(gap, white)
        square = op.reduce_sum(op.mul(score, score), const([1], np.int64), keepdims=True)
        return op.sub(const(self.offsets[k]), op.mul(const(0.5), square))

    def borders(self) -> Array:
        """The means, and half way between two of them."""
        return np.vstack([self.means, (self.means[1:] + self.means[:-1]) / 2])
