"""Four round clouds at the corners of a square of side 3, a class each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import classes
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Blobs:
    task: ClassVar[Task] = "multiclass"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        codes = rng.permutation(np.arange(rows) % 4)
        corners = 1.5 * np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
        return classes(corners[codes] + rng.normal(size=(rows, 2)), codes)
