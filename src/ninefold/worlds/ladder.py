"""Four steps of a ladder: 2 x0 - x1 and logistic noise of scale 0.3, cut at -1.5, 0 and 1.5; x2 and x3 are noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import grades
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Ladder:
    task: ClassVar[Task] = "ordinal"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        x = rng.normal(size=(rows, 4))
        height = x @ np.array([2.0, -1.0, 0.0, 0.0]) + rng.logistic(0.0, 0.3, rows)
        return grades(x, np.digitize(height, [-1.5, 0.0, 1.5]))
