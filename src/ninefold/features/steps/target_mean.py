"""Each level becomes the target's smoothed mean among its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features._levels import key, lookup, numbered
from ninefold.features._targets import targets
from ninefold.forms.onnx import Var, op


@dataclass(frozen=True)
class TargetMean:
    """[N, k] strings to [N, k·C] numbers; C is 1 (regression, binary) or the number of classes.

    Micci-Barreca 2001: (sum of targets + smooth·prior) / (rows + smooth); missing is a level; unseen gets the prior.
    Training rows are encoded out of fold (``uses_target``), or the column would leak the target.
    """

    smooth: float = setting(20.0, "rows of prior mixed into each level's mean", low=1.0, high=500.0, log=True)
    uses_target: ClassVar[bool] = True

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        aims = targets(known)
        prior = aims.mean(axis=0)
        keys: list[str] = []
        means: list[Array] = []
        for column, values in enumerate(block.values.T):
            levels, code = numbered(values)
            rows = np.bincount(code)[:, None]
            sums = np.column_stack([np.bincount(code, weights=target) for target in aims.T])
            keys += [key(column, level) for level in levels]
            means.append((sums + self.smooth * prior) / (rows + self.smooth))
        suffixes = [""] if aims.shape[1] == 1 else [f" class {c}" for c in range(aims.shape[1])]
        names = tuple(f"{name} → target{suffix}" for suffix in suffixes for name in block.names)
        return _Fitted(names, tuple(keys), np.concatenate(means), prior, len(block.names))


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    keys: tuple[str, ...]
    means: Array
    prior: Array
    width: int
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        parts = [
            lookup(block, self.keys, np.ascontiguousarray(self.means[:, c]), float(self.prior[c]), self.width)
            for c in range(len(self.prior))
        ]
        return parts[0] if len(parts) == 1 else op.concat(parts, axis=1)
