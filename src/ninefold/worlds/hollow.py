"""A ring of radius 3; one row in forty lies scattered inside it, where no column is unusual by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import unusual
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Hollow:
    task: ClassVar[Task] = "anomaly"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        strange = rng.permutation(np.arange(rows) % 40 == 0)
        angle = rng.uniform(0, 2 * np.pi, rows)
        radius = np.where(strange, 2 * np.sqrt(rng.random(rows)), 3.0 + 0.2 * rng.normal(size=rows))
        return unusual(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), strange)
