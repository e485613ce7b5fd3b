"""Three grades by x0² below 0.3, below 1.2 and above: the extremes of x0 have one grade, and no line tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import grades
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Middle:
    task: ClassVar[Task] = "ordinal"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        x = rng.normal(size=(rows, 4))
        return grades(x, np.digitize(x[:, 0] ** 2, [0.3, 1.2]))
