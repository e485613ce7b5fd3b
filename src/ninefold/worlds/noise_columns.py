"""Positive where x0 + x1 > 0; the other 300 columns are noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import two_classes
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class NoiseColumns:
    task: ClassVar[Task] = "binary"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        x = rng.normal(size=(rows, 302))
        return two_classes(x, x[:, 0] + x[:, 1] > 0)
