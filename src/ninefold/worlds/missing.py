"""x0 is missing in eight of ten positive rows and in one of ten others; its values, where known, say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import two_classes
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Missing:
    task: ClassVar[Task] = "binary"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        positive = rng.random(rows) < 0.5
        x = rng.normal(size=(rows, 3))
        x[rng.random(rows) < np.where(positive, 0.8, 0.1), 0] = np.nan
        return two_classes(x, positive)
