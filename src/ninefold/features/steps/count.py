"""Each level becomes how often it occurs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features._levels import counted, key, lookup
from ninefold.forms.onnx import Var


@dataclass(frozen=True)
class Count:
    """[N, k] strings to [N, k] numbers: log(1 + rows) of the level among the training rows, or its share of them.

    Missing is a level of its own; unseen is 0.
    """

    how: str = setting("log", "log(1 + rows), or the share of the rows", choices=("log", "share"))
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        rows = len(block.values)
        counts = {
            key(column, level): n
            for column, count in enumerate(counted(block.values))
            for level, n in (*count.items(), ("", rows - count.total()))
        }
        n = np.array(list(counts.values()), np.float64)
        names = tuple(f"{name} count" for name in block.names)
        return _Fitted(names, tuple(counts), np.log1p(n) if self.how == "log" else n / max(1, rows))


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    keys: tuple[str, ...]
    values: Array
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        return lookup(block, self.keys, self.values, 0.0, len(self.names))
