"""Outliers are clipped to the range that all but a few training values keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True)
class Clip:
    """[N, k] to the same, each column within [q1 - reach·w, q3 + reach·w], w the spread q3 - q1 (Tukey's far fences).

    Columns whose quartiles coincide are clipped to their training range.
    """

    reach: float = setting(5.0, "quartile distances a value may lie outside the quartiles", low=1.5, high=20.0)
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        least, lower, upper, most = np.nanquantile(block.values, [0, 0.25, 0.75, 1], axis=0)
        width = self.reach * (upper - lower)
        low = np.where(width > 0, np.maximum(lower - width, least), least)
        high = np.where(width > 0, np.minimum(upper + width, most), most)
        return _Fitted(block.names, block.categorical, low, high)


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    categorical: tuple[int, ...]
    low: Array
    high: Array

    def graph(self, block: Var) -> Var:
        return op.min([op.max([block, const(self.low)]), const(self.high)])
