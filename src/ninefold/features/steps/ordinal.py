"""Each level becomes a whole number, for trees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features._levels import counted, frequent, key, lookup
from ninefold.forms.onnx import Var


@dataclass(frozen=True)
class Ordinal:
    """[N, k] strings to [N, k] codes 1.., most frequent level first; missing, rare and unseen are NaN."""

    least: int = setting(2, "rows a level needs for a code of its own", low=1, high=100)
    most: int = setting(1000, "codes at most per column", low=2, high=100_000, log=True)
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        codes = {
            key(column, level): code
            for column, count in enumerate(counted(block.values))
            for code, level in enumerate(frequent(count, self.least, self.most), start=1)
        }
        table = codes or {"": 0}
        return _Fitted(block.names, tuple(table), np.array(list(table.values()), np.float64))


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    keys: tuple[str, ...]
    codes: Array

    @property
    def categorical(self) -> tuple[int, ...]:
        return tuple(range(len(self.names)))

    def graph(self, block: Var) -> Var:
        return lookup(block, self.keys, self.codes, np.nan, len(self.names))
