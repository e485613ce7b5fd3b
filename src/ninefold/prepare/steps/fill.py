"""Missing numbers are filled, and a 0/1 indicator column remembers where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op

RIDGE = 1e-3
"""Penalty on standardised columns when missing values are predicted."""


@dataclass(frozen=True)
class Fill:
    """[N, k] with NaN to [N, k + indicators] without.

    ``predicted`` regresses each column that has gaps on all others (ridge, one round, as in Buck 1960); where a row
    lacks the others too, their medians stand in.
    """

    how: str = setting("median", "what stands in for a missing number", choices=("mean", "median", "mode", "predicted"))
    indicator: bool = setting(True, "add a 0/1 column for each column that had gaps", choices=(True, False))
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        gaps = np.isnan(block.values)
        values = np.array([_stand_in(column, self.how) for column in block.values.T])
        marked = tuple(np.flatnonzero(gaps.any(axis=0)).tolist()) if self.indicator else ()
        slopes, offsets = _regressions(block.values, gaps, values) if self.how == "predicted" else (None, values)
        names = block.names + tuple(f"{block.names[i]} missing" for i in marked)
        return _Fitted(names, block.categorical, values, slopes, offsets, marked)


def _stand_in(column: Array, how: str) -> float:
    known = column[~np.isnan(column)]
    if not len(known):
        return 0.0
    if how == "mean":
        return float(known.mean())
    if how == "mode":
        levels, counts = np.unique(known, return_counts=True)
        return float(levels[counts.argmax()])
    return float(np.median(known))


def _regressions(values: Array, gaps: Array, medians: Array) -> tuple[Array, Array]:
    """Slopes [k, k] and offsets [k]: column j is predicted as filled @ slopes[:, j] + offsets[j]."""
    filled = np.where(gaps, medians, values)
    centre, spread = filled.mean(axis=0), filled.std(axis=0) + 1e-12
    standard = (filled - centre) / spread
    width = values.shape[1]
    slopes, offsets = np.zeros((width, width)), medians.copy()
    for j in np.flatnonzero(gaps.any(axis=0)):
        seen, others = ~gaps[:, j], np.arange(width) != j
        if seen.sum() < 2 or not others.any():
            continue
        x, y = standard[seen][:, others], values[seen, j]
        x = x - x.mean(axis=0)
        gram = x.T @ x + RIDGE * len(y) * np.eye(x.shape[1])
        slope = np.linalg.solve(gram, x.T @ (y - y.mean())) / spread[others]
        slopes[others, j] = slope
        offsets[j] = y.mean() - filled[seen][:, others].mean(axis=0) @ slope
    return slopes, offsets


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    categorical: tuple[int, ...]
    values: Array
    slopes: Array | None
    offsets: Array
    marked: tuple[int, ...]

    def graph(self, block: Var) -> Var:
        gaps = op.isnan(block)
        filled = op.where(gaps, const(self.values), block)
        if self.slopes is not None:
            predicted = op.add(op.matmul(filled, const(self.slopes)), const(self.offsets))
            filled = op.where(gaps, predicted, block)
        if not self.marked:
            return filled
        marks = op.cast(op.gather(gaps, const(self.marked, np.int64), axis=1), to=np.float64)
        return op.concat([filled, marks], axis=1)
