"""Infinite and unrepresentable numbers become missing, in every view alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.forms.onnx import Var, const, op

LARGEST = float(np.finfo(np.float32).max)
"""Beyond this, libraries that compare in float32 would see infinity."""


@dataclass(frozen=True)
class Finite:
    """[N, k] numbers to the same, with |x| > 3.4e38 and ±inf as NaN."""

    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        return _Fitted(block.names, block.categorical)


@dataclass(frozen=True)
class _Fitted:
    names: tuple[str, ...]
    categorical: tuple[int, ...]

    def graph(self, block: Var) -> Var:
        return op.where(op.greater(op.abs(block), const(LARGEST)), const(np.nan), block)
