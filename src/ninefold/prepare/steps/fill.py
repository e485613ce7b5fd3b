"""Missing numbers are filled, and a 0/1 indicator column remembers where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op
from ninefold.prepare._nearest import Nearest
from ninefold.prepare._regressed import Regressed

ROUNDS = {"predicted": 1, "iterative": 8, "neighbours": 1}
"""Rounds of regressions; those before prototypes are looked for only make the rows whole."""


@dataclass(frozen=True)
class Fill:
    """[N, k] with NaN to [N, k + indicators] without.

    ``predicted`` regresses each column that has gaps on all others (ridge, one round, as in Buck 1960); where a row
    lacks the others too, their medians stand in. ``iterative`` does so in eight rounds, each on what the one before
    filled in (van Buuren and Groothuis-Oudshoorn 2011, without draws). ``neighbours`` takes the mean of the prototypes
    (k-means) that are nearest in the columns that a row has.
    """

    how: str = setting("median", "what stands in for a missing number", choices=("mean", "median", "mode", *ROUNDS))
    indicator: bool = setting(True, "add a 0/1 column for each column that had gaps", choices=(True, False))
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        gaps = np.isnan(block.values)
        values = np.array([_stand_in(column, self.how) for column in block.values.T])
        marked = tuple(np.flatnonzero(gaps.any(axis=0)).tolist()) if self.indicator else ()
        names = block.names + tuple(f"{block.names[i]} missing" for i in marked)
        guess = self._guess(block.values, gaps, values, rng) if self.how in ROUNDS and gaps.any() else None
        return _Fitted(names, block.categorical, values, guess, marked)

    def _guess(self, values: Array, gaps: Array, medians: Array, rng: np.random.Generator) -> Guess:
        regressed = Regressed.learned(values, gaps, np.where(gaps, medians, values), ROUNDS[self.how])
        if self.how != "neighbours":
            return regressed
        return Nearest.learned(regressed.whole(values, gaps, medians), rng)


class Guess(Protocol):
    """What fills gaps better than one number per column does."""

    def graph(self, block: Var, gaps: Var, filled: Var) -> Var:
        """The block [N, k] without its ``gaps``; ``filled`` has the columns' stand-ins there."""
        ...


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


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    categorical: tuple[int, ...]
    values: Array
    guess: Guess | None
    marked: tuple[int, ...]

    def graph(self, block: Var) -> Var:
        gaps = op.isnan(block)
        filled = op.where(gaps, const(self.values), block)
        if self.guess is not None:
            filled = self.guess.graph(block, gaps, filled)
        if not self.marked:
            return filled
        marks = op.cast(op.gather(gaps, const(self.marked, np.int64), axis=1), to=np.float64)
        return op.concat([filled, marks], axis=1)
