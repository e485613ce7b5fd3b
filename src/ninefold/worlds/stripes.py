"""Three long stripes side by side, slanted, a group each: along them rows differ most, across them groups do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import groups
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Stripes:
    task: ClassVar[Task] = "clustering"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        codes = rng.permutation(np.arange(rows) % 3)
        along, across = rng.uniform(-10, 10, size=rows), 3.0 * (codes - 1) + 0.3 * rng.normal(size=rows)
        return groups(np.column_stack([along + across, along - across]), codes)
