"""Three round clouds far apart, a group each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import groups
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Clouds:
    task: ClassVar[Task] = "clustering"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        codes = rng.permutation(np.arange(rows) % 3)
        middles = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0]])
        return groups(middles[codes] + rng.normal(size=(rows, 2)), codes)
