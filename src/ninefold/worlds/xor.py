"""Positive where x0 and x1 have the same sign: neither column says anything alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import two_classes
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Xor:
    task: ClassVar[Task] = "binary"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        x = rng.normal(size=(rows, 2))
        return two_classes(x, x[:, 0] * x[:, 1] > 0)
