"""Principal components: the few directions along which rows differ most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features._singular import Projection, leading, reaching

MOST = 200
"""Axes kept at most where the share decides."""


@dataclass(frozen=True)
class Pca:
    """[N, D] complete numbers on one scale to [N, C] coordinates along their principal axes (Hotelling 1933).

    C is ``components``; where that is 0, as many as hold ``share`` of the variance. The axes are ordered by variance
    and of fixed sign; directions in which nothing varies are left out.
    """

    share: float = setting(0.95, "share of the variance to keep", low=0.1, high=1.0)
    components: int = setting(0, "axes to keep; 0 lets the share decide", low=0, high=500)
    whiten: bool = setting(False, "give every axis variance 1", choices=(False, True))
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        centre = block.values.mean(axis=0)
        centred = block.values - centre
        values, axes = leading(centred, self.components or MOST, rng)
        count = len(values) if self.components else reaching(self.share, values, centred)
        length: Array = values[:count] / np.sqrt(max(1, len(centred) - 1)) if self.whiten else np.ones(count)
        return Projection(tuple(f"component {i + 1}" for i in range(count)), centre, axes[:count].T / length)
