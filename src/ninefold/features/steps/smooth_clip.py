"""Outliers drawn in smoothly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True)
class SmoothClip:
    """[N, k] scaled numbers to the same within ±reach: x / sqrt(1 + (x / reach)²), nearly x around 0.

    Holzmüller, Grinsztajn and Steinwart 2024 (RealMLP), where it follows a robust scale.
    """

    reach: float = setting(3.0, "what no number exceeds", low=1.0, high=20.0)
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        return _Fitted(block.names, block.categorical, self.reach)


@dataclass(frozen=True)
class _Fitted:
    names: tuple[str, ...]
    categorical: tuple[int, ...]
    reach: float

    def graph(self, block: Var) -> Var:
        relative = op.div(block, const(self.reach))
        return op.div(block, op.sqrt(op.add(op.mul(relative, relative), const(1.0))))
