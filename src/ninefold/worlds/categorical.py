"""x0 is a code from 1 to 12; rows with an odd code are positive nine times in ten, the others one time in ten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import two_classes
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Categorical:
    task: ClassVar[Task] = "binary"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        codes = rng.integers(1, 13, rows)
        positive = rng.random(rows) < np.where(codes % 2 == 1, 0.9, 0.1)
        return two_classes(np.column_stack([codes, rng.normal(size=rows)]), positive, categorical=(0,))
