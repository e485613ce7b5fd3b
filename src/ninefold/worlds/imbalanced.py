"""One row in twenty is positive; positive rows are shifted by 3 in x0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import two_classes
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Imbalanced:
    task: ClassVar[Task] = "binary"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        positive = rng.permutation(np.arange(rows) % 20 == 0)
        x = rng.normal(size=(rows, 3))
        x[:, 0] += 3.0 * positive
        return two_classes(x, positive)
