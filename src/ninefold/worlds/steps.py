"""A staircase in x0 and a step in x1, and noise of standard deviation 0.3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import values
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Steps:
    task: ClassVar[Task] = "regression"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        x = rng.normal(size=(rows, 3))
        return values(x, np.floor(2 * x[:, 0]) + 3.0 * (x[:, 1] > 0.5) + 0.3 * rng.normal(size=rows))
