"""Scores of any unit on one scale: the share of known rows that score lower."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.protocols import Form
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op

KNOTS = np.unique(np.concatenate([np.linspace(0, 1, 101), 1 - np.geomspace(1e-4, 1e-2, 21)]))
"""Shares at which the scale is known exactly: finer where scores are high, as that is where decisions are made."""
APART = 1e-7
"""Levels nearer than this, relatively, are one: between them, rounding would look like a difference."""


@dataclass(frozen=True, eq=False)
class Scale:
    """``levels`` [Q], rising, are scores; ``shares`` [Q] the parts of the known rows that score lower, ties half.

    Straight lines in between; lower scores get the first share; higher ones come ever nearer to 1, so that no two
    scores that differ above the lowest level become one. [N, 1] to the same.
    """

    levels: Array
    shares: Array

    @classmethod
    def of(cls, scores: Array) -> Scale:
        """The scale of known ``scores`` [N], N >= 1, at `KNOTS`."""
        ordered = np.sort(scores)
        levels = np.unique(np.quantile(ordered, KNOTS, method="inverted_cdf"))
        unit = np.maximum(np.abs(levels), np.median(np.abs(levels)))
        levels = levels[np.diff(levels, prepend=-np.inf) > APART * unit]
        below, through = (np.searchsorted(ordered, levels, side) for side in ("left", "right"))
        return cls(levels, (below + through) / (2 * len(ordered)))

    def applied(self, scores: Array) -> Array:
        beyond = np.maximum(scores - self.levels[-1], 0.0) / self._reach
        within = np.interp(scores, self.levels, self.shares)
        return np.asarray(within + (1 - self.shares[-1]) * (beyond / (1 + beyond)))

    def nodes(self, scores: Var) -> Var:
        """The same as ONNX nodes: each interval adds the part of its share that the score has come through."""
        through = op.div(op.sub(scores, const(self.levels[:-1])), const(np.diff(self.levels)))
        steps = op.matmul(op.clip(through, const(0.0), const(1.0)), const(np.diff(self.shares)[:, None]))
        beyond = op.div(op.max([op.sub(scores, const(self.levels[-1])), const(0.0)]), const(self._reach))
        tail = op.mul(const(1 - self.shares[-1]), op.div(beyond, op.add(const(1.0), beyond)))
        return op.add(op.add(const(self.shares[0]), steps), tail)

    @property
    def _reach(self) -> float:
        """How far the known scores lie apart: the unit of what lies beyond them."""
        return float(self.levels[-1] - self.levels[0]) or 1.0


@dataclass(frozen=True, eq=False)
class Ranked:
    """A form of one column, its scores put on ``scale``."""

    scores: Form
    scale: Scale

    @property
    def rounds(self) -> int | None:
        return self.scores.rounds

    def predict(self, x: Array) -> Array:
        return self.scale.applied(self.scores.predict(x))

    def graph(self, x: Var) -> Var:
        return self.scale.nodes(self.scores.graph(x))

    def borders(self) -> Array:
        return self.scores.borders()
