"""Missing numbers predicted from the other numbers of their row by ridge regressions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op

RIDGE = 1e-3
"""Penalty per row on standardised columns."""


@dataclass(frozen=True, eq=False)
class Regressed:
    """``rounds`` of slopes [k, k] and offsets [k]: column j is predicted as filled @ slopes[:, j] + offsets[j] from
    what the round before filled in, within the training range from ``low`` to ``high``."""

    rounds: tuple[tuple[Array, Array], ...]
    low: Array
    high: Array

    @classmethod
    def learned(cls, values: Array, gaps: Array, filled: Array, rounds: int) -> Regressed:
        """``filled`` are the values with something in each of their ``gaps`` [N, k]."""
        learned = cls((), filled.min(axis=0), filled.max(axis=0))
        open_ = _spread(values, gaps) ** 2
        for _ in range(rounds):
            slopes, offsets = _regressions(values, gaps, filled, open_)
            missed = np.where(gaps, 0.0, filled @ slopes + offsets - values)
            open_ = np.minimum(open_, (missed**2).sum(axis=0) / np.maximum((~gaps).sum(axis=0), 1))
            filled = replace(learned, rounds=((slopes, offsets),)).whole(values, gaps, filled)
            learned = replace(learned, rounds=(*learned.rounds, (slopes, offsets)))
        return learned

    def whole(self, values: Array, gaps: Array, filled: Array) -> Array:
        """`graph` in NumPy, which learning the next round needs."""
        for slopes, offsets in self.rounds:
            filled = np.where(gaps, np.clip(filled @ slopes + offsets, self.low, self.high), values)
        return filled

    def graph(self, block: Var, gaps: Var, filled: Var) -> Var:
        for slopes, offsets in self.rounds:
            predicted = op.add(op.matmul(filled, const(slopes)), const(offsets))
            within = op.min([op.max([predicted, const(self.low)]), const(self.high)])
            filled = op.where(gaps, within, block)
        return filled


def _spread(values: Array, gaps: Array) -> Array:
    """[k] standard deviations of what is there."""
    rows = np.maximum((~gaps).sum(axis=0), 1)
    centred = np.where(gaps, 0.0, values - np.where(gaps, 0.0, values).sum(axis=0) / rows)
    return np.asarray(np.sqrt((centred**2).sum(axis=0) / rows)) + 1e-12


def _regressions(values: Array, gaps: Array, filled: Array, open_: Array) -> tuple[Array, Array]:
    """One round, every column that has gaps regressed on all others; the others keep 0 and are never asked for.

    A cell that was filled in varies less than the truth, by ``open_`` [k]. Its column's square sum gets that back, as
    in the EM algorithm (Dempster and others 1977), or rounds would lean ever more on what rounds before have made up.
    """
    spread, width = _spread(values, gaps), values.shape[1]
    slopes, offsets = np.zeros((width, width)), filled[0].copy()
    for j in np.flatnonzero(gaps.any(axis=0)):
        seen, others = ~gaps[:, j], np.arange(width) != j
        if seen.sum() < 2 or not others.any():
            offsets[j] = filled[gaps[:, j], j][0]
            continue
        x, y = filled[seen][:, others] / spread[others], values[seen, j]
        centre = x.mean(axis=0)
        lost = gaps[seen][:, others].sum(axis=0) * open_[others] / spread[others] ** 2
        gram = (x - centre).T @ (x - centre) + np.diag(RIDGE * len(y) + lost)
        slope = np.linalg.solve(gram, (x - centre).T @ (y - y.mean())) / spread[others]
        slopes[others, j] = slope
        offsets[j] = y.mean() - (centre * spread[others]) @ slope
    return slopes, offsets
