"""Only the columns that say something about the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known, TargetUse
from ninefold.core.table import Array
from ninefold.features._relevance import information, l1, permutation, recursive
from ninefold.forms.onnx import Var, const, op

FEWEST = 30
"""Rows below which nothing is left out."""
CELLS = 1_000_000
"""Rows times columns times classes that relevance is measured on, so that the cost has a bound."""
PROBES = 50
CHANCE = 0.95
"""A column that is kept says more than this share of the probes."""
MEASURES = {"information": information, "permutation": permutation, "recursive": recursive, "l1": l1}


@dataclass(frozen=True)
class Select:
    """[N, k] to [N, <= k]: a share of the columns, those that say most about the target; or, where ``share`` is 0,
    all that say more than shuffled copies of columns do (Stoppiglia and others 2003). At least one is kept.

    ``information`` looks at one column at a time; ``permutation`` and ``recursive`` see columns work together in
    small boosted trees, ``l1`` in a linear model.
    """

    how: str = setting("information", "what a column's relevance is measured by", choices=tuple(MEASURES))
    share: float = setting(0.0, "share of the columns to keep; 0 compares with shuffled ones", low=0.0, high=1.0)
    rows: int = setting(5_000, "rows that it is measured on", low=100, high=100_000, log=True, tiny=300)
    uses_target: ClassVar[TargetUse] = "choice"

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        everything = np.arange(len(block.names))
        kept = self._kept(block, known, rng) if len(known.y) >= FEWEST and len(everything) > 1 else everything
        place = {int(column): i for i, column in enumerate(kept)}
        codes = tuple(place[i] for i in block.categorical if i in place)
        return _Fitted(tuple(block.names[i] for i in kept), codes, kept)

    def _kept(self, block: Block, known: Known, rng: np.random.Generator) -> Array:
        width = len(block.names)
        rows = min(self.rows, max(FEWEST * 10, CELLS // ((width + PROBES) * known.outputs)))
        index = rng.permutation(len(known.y))[:rows]
        few = _with_probes(Block(block.values[index], block.names, block.categorical), rng)
        relevance = MEASURES[self.how](few, Known(known.y[index], known.task, known.outputs), rng)
        own = relevance[:width]
        order = np.argsort(-own, kind="stable")
        if self.share > 0:
            return np.sort(order[: max(1, round(self.share * width))])
        told = np.flatnonzero(own > max(0.0, np.quantile(relevance[width:], CHANCE)))
        return told if len(told) else order[:1]


def _with_probes(block: Block, rng: np.random.Generator) -> Block:
    """The block, and shuffled copies of some of its columns."""
    width = len(block.names)
    chosen = rng.permutation(width)[:PROBES]
    probes = rng.permuted(block.values[:, chosen], axis=0)
    codes = tuple(width + i for i, column in enumerate(chosen) if column in block.categorical)
    names = tuple(f"probe {i}" for i in range(len(chosen)))
    return Block(np.column_stack([block.values, probes]), block.names + names, block.categorical + codes)


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    categorical: tuple[int, ...]
    kept: Array

    def graph(self, block: Var) -> Var:
        return op.gather(block, const(self.kept, np.int64), axis=1)
