"""New columns made from pairs of others, kept only if they pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known, TargetUse
from ninefold.core.table import Array
from ninefold.features._affinity import affinity
from ninefold.features._judges import Judge, surely
from ninefold.features._making import families
from ninefold.features._pool import Pool, distinct
from ninefold.forms.onnx import Var, const, op
from ninefold.forms.recipe import apply_step

FEWEST = 60
"""Rows below which inner folds decide nothing."""
CELLS = 400_000
"""Rows times columns times classes that candidates are tried on, so that the cost has a bound."""
HOPE, SURE = 1.0, 2.0
"""Standard errors by which all candidates together, and each that is kept, must lower the loss on the inner folds."""


@dataclass(frozen=True)
class Created:
    """[N, k] numbers with gaps and category codes to [N, k + D]: sums, differences, products and ratios of two numbers;
    a group's mean, and a number relative to its group; two categories as one.

    What a small model (``judge``) leaves open on inner folds ranks the candidates. The best are tried together, and
    then, unless that is hopeless, one after the other: kept is what lowers the loss on the inner folds beyond doubt.
    A fit on all rows keeps what the first fold has: chosen anew, it would be another model than the one validated.
    """

    judge: str = setting("trees", "the small model that a column must help", choices=("trees", "linear"))
    keep: bool = setting(True, "keep the columns that others are made from", choices=(True, False))
    most: int = setting(10, "numbers, and categories, that columns are made from", low=2, high=50, tiny=4)
    tries: int = setting(8, "candidates that are tried", low=1, high=50, tiny=4)
    rows: int = setting(5_000, "rows they are tried on", low=100, high=100_000, log=True, tiny=300)
    uses_target: ClassVar[TargetUse] = "choice"

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        nothing = Pool(block.names, ())
        made = self._paying(block, known, rng) if len(known.y) >= FEWEST else nothing
        return _Fitted(block.names, block.categorical, made, self.keep)

    def _paying(self, block: Block, known: Known, rng: np.random.Generator) -> Pool:
        rows = min(self.rows, max(500, CELLS // (len(block.names) * known.outputs)))
        index = rng.permutation(len(known.y))[:rows]
        few = Block(block.values[index], block.names, block.categorical)
        judge = Judge.of(self.judge, Known(known.y[index], known.task, known.outputs), rng)
        pool = Pool(block.names, tuple(families(block, *self._telling(few, judge))))
        if not pool.families:
            return pool
        if known.chosen is not None:
            return pool.only([place for place, name in enumerate(pool.names) if name in known.chosen])
        candidates = Block(apply_step(pool, few.values), pool.names, pool.categorical)
        return pool.only(self._kept(few, candidates, pool, judge))

    def _telling(self, few: Block, judge: Judge) -> tuple[list[int], list[int]]:
        """The numbers and the categories that small boosted trees gain most by, which also see what tells together."""
        gain = judge.grown(few, np.ones(len(few.values), bool)).feature_importance("gain")
        order = np.argsort(-gain, kind="stable")
        codes = set(few.categorical)
        varied = [int(i) for i in order if _varies(few.values[:, i])]
        numbers, categories = [i for i in varied if i not in codes], [i for i in varied if i in codes]
        return sorted(numbers[: self.most]), sorted(categories[: self.most])

    def _kept(self, few: Block, candidates: Block, pool: Pool, judge: Judge) -> list[int]:
        """Positions of the candidates that pay, each beside those kept before it."""
        plain = judge.predicted(few)
        least = judge.losses(plain)
        ranked = np.argsort(-affinity(candidates, judge.aims - plain, judge.kind), kind="stable")
        tried, kept = distinct(ranked, pool.sources, self.tries), list[int]()
        if surely(least - judge.losses(judge.predicted(_beside(few, candidates, tried)))) < HOPE:
            return []
        for candidate in tried:
            losses = judge.losses(judge.predicted(_beside(few, candidates, [*kept, candidate])))
            if surely(least - losses) >= SURE:
                kept, least = [*kept, candidate], losses
        return kept


def _varies(column: Array) -> bool:
    """It has at least two values."""
    known = column[~np.isnan(column)]
    return bool(len(known)) and bool(known.min() < known.max())


def _beside(block: Block, candidates: Block, places: list[int]) -> Block:
    """The block and some candidates."""
    width = len(block.names)
    codes = (*block.categorical, *(width + i for i, place in enumerate(places) if place in candidates.categorical))
    names = block.names + tuple(candidates.names[place] for place in places)
    return Block(np.column_stack([block.values, candidates.values[:, places]]), names, codes)


@dataclass(frozen=True)
class _Fitted:
    columns: tuple[str, ...]
    codes: tuple[int, ...]
    made: Pool
    keep: bool

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.columns, *self.made.names) if self.keep else self.made.names

    @property
    def categorical(self) -> tuple[int, ...]:
        if not self.keep:
            return self.made.categorical
        return (*self.codes, *(len(self.columns) + i for i in self.made.categorical))

    def graph(self, block: Var) -> Var:
        if not self.made.families:
            return op.identity(block) if self.keep else op.gather(block, const([], np.int64), axis=1)
        made = self.made.graph(block)
        return op.concat([block, made], axis=1) if self.keep else made
