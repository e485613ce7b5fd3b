"""A weighted sum of the columns, through a link."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array
from ninefold.forms import links
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True, eq=False)
class Linear:
    """``coefficients`` [D, S] and ``intercept`` [S] give S scores; ``link`` turns them into predictions [N, K]."""

    coefficients: Array
    intercept: Array
    link: links.Link

    @property
    def rounds(self) -> None:
        return None

    def predict(self, x: Array) -> Array:
        return links.applied(self.link, x @ self.coefficients + self.intercept)

    def graph(self, x: Var) -> Var:
        scores = op.add(op.matmul(x, const(self.coefficients)), const(self.intercept))
        return links.nodes(self.link, scores)

    def borders(self) -> Array:
        """The points nearest to the origin at which two scores tie (one score: at which it is zero)."""
        gaps, offsets = self._gaps()
        lengths = (gaps**2).sum(axis=0)
        tied = lengths > 0
        return np.asarray((-offsets[tied] / lengths[tied] * gaps[:, tied]).T)

    def _gaps(self) -> tuple[Array, Array]:
        if len(self.intercept) == 1:
            return self.coefficients, self.intercept
        return np.diff(self.coefficients, axis=1), np.diff(self.intercept)
