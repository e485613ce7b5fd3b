"""Rows on one side of a plane are positive: the truth is x0 + 2 x1 - x2 > 0; x3 does not matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import two_classes
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Halfspace:
    task: ClassVar[Task] = "binary"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        x = rng.normal(size=(rows, 4))
        return two_classes(x, x[:, 0] + 2 * x[:, 1] - x[:, 2] > 0)
