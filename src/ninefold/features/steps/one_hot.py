"""One 0/1 column per frequent level; rare levels share a column, missing has its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features._levels import counted, frequent, key, lookup
from ninefold.forms.onnx import Var, const, op

RARE, MISSING = "(rare)", "(missing)"
NOWHERE = -1


@dataclass(frozen=True)
class OneHot:
    """[N, k] strings to [N, D] zeros and ones.

    Unseen levels fall in with the rare ones of their column; where training had none, all columns of the level are 0.
    ``drop_first`` leaves out each column's most frequent level, for models that must not be collinear.
    """

    least: int = setting(5, "rows a level needs for a column of its own", low=1, high=100)
    most: int = setting(50, "columns at most per raw column", low=2, high=1000)
    drop_first: bool = setting(False, "leave out the most frequent level", choices=(True, False))
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        least = min(self.least, max(1, len(block.values) // 20))
        plan = _Plan()
        for column, (name, count) in enumerate(zip(block.names, counted(block.values), strict=True)):
            levels = frequent(count, least, self.most)
            if self.drop_first and levels:
                plan.send(key(column, levels.pop(0)), None)
            for level in levels:
                plan.send(key(column, level), f"{name}={level}")
            has_rare = len(count) > len(levels) + self.drop_first
            plan.others.append(plan.add(f"{name}={RARE}") if has_rare else NOWHERE)
            has_missing = count.total() < len(block.values)
            plan.send(key(column, ""), f"{name}={MISSING}" if has_missing else None)
        return plan.fitted()


class _Plan:
    """The columns laid out so far, and where each level goes."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.places: dict[str, int] = {}
        self.others: list[int] = []

    def add(self, name: str) -> int:
        self.names.append(name)
        return len(self.names) - 1

    def send(self, level: str, name: str | None) -> None:
        self.places[level] = NOWHERE if name is None else self.add(name)

    def fitted(self) -> _Fitted:
        """NOWHERE becomes the position behind the last column, which the graph cuts off."""
        behind = len(self.names)
        places = [behind if place == NOWHERE else place for place in self.places.values()]
        others = tuple(behind if place == NOWHERE else place for place in self.others)
        return _Fitted(tuple(self.names), tuple(self.places), np.array(places, np.int64), others)


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    keys: tuple[str, ...]
    places: Array
    others: tuple[int, ...]
    """Per raw column, where unseen and rare levels go."""
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        width = len(self.names)
        known = lookup(block, self.keys, self.places, NOWHERE, len(self.others))
        places = op.where(op.less(known, const(0, np.int64)), const(self.others, np.int64), known)
        rows = op.gather(op.shape(block), const([0], np.int64))
        zeros = op.expand(const([[0.0]]), op.concat([rows, const([width + 1], np.int64)], axis=0))
        ones = op.add(op.mul(op.cast(places, to=np.float64), const(0.0)), const(1.0))
        marked = op.scatter_elements(zeros, places, ones, axis=1)
        return op.slice(marked, const([0], np.int64), const([width], np.int64), const([1], np.int64))
