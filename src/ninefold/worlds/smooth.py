"""y = cos 2 x0 + cos 2 x1, which no straight line follows, and noise of standard deviation 0.1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import values
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Smooth:
    task: ClassVar[Task] = "regression"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        x = rng.uniform(-np.pi, np.pi, size=(rows, 2))
        return values(x, np.cos(2 * x).sum(axis=1) + 0.1 * rng.normal(size=rows))
