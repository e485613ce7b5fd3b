"""Two long clouds side by side; one row in twenty is a stray, anywhere in a box around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import unusual
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Strays:
    task: ClassVar[Task] = "anomaly"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        strange = rng.permutation(np.arange(rows) % 20 == 0)
        cloud = rng.normal(size=(rows, 3)) * [0.3, 2.0, 0.3]
        cloud[:, 0] += np.where(rng.random(rows) < 0.5, -2.0, 2.0)
        return unusual(np.where(strange[:, None], rng.uniform(-7, 7, size=(rows, 3)), cloud), strange)
