"""Counts from a Poisson law whose mean is exp(0.5 + 0.8 x0 - 0.6 x1); x2 and x3 do not matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import counts
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Arrivals:
    task: ClassVar[Task] = "count"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        x = rng.normal(size=(rows, 4))
        return counts(x, rng.poisson(np.exp(0.5 + x @ np.array([0.8, -0.6, 0.0, 0.0]))))
