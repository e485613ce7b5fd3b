"""Numbers on a common scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True)
class Scale:
    """[N, k] to the same: z-score (``standard``), [0, 1] on the training rows (``minmax``), or median and quartile
    distance (``robust``). Columns that do not vary become 0."""

    how: str = setting("standard", "the common scale", choices=("standard", "minmax", "robust"))
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        centre, spread = _centre_and_spread(block.values, self.how)
        varies = spread > 1e-12 * np.abs(centre)
        factor = np.where(varies, 1 / np.where(varies, spread, 1.0), 0.0)
        return _Fitted(block.names, block.categorical, centre, factor)


def _centre_and_spread(values: Array, how: str) -> tuple[Array, Array]:
    if how == "minmax":
        low = values.min(axis=0)
        return low, values.max(axis=0) - low
    if how == "robust":
        lower, median, upper = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
        narrow = upper == lower
        return median, np.where(narrow, values.std(axis=0), upper - lower)
    return values.mean(axis=0), values.std(axis=0)


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    categorical: tuple[int, ...]
    centre: Array
    factor: Array

    def graph(self, block: Var) -> Var:
        return op.mul(op.sub(block, const(self.centre)), const(self.factor))
