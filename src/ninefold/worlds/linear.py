"""y = 3 x0 - 2 x1 + x2 + 10, and noise of standard deviation 1; x3 does not matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import values
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Linear:
    task: ClassVar[Task] = "regression"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        x = rng.normal(size=(rows, 4))
        return values(x, x @ np.array([3.0, -2.0, 1.0, 0.0]) + 10 + rng.normal(size=rows))
