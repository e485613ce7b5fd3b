"""Counts from a Poisson law whose mean is 4 where |x0| > 0.67 and 0.5 elsewhere: no line in x0 tells them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import counts
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Dips:
    task: ClassVar[Task] = "count"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        x = rng.normal(size=(rows, 4))
        return counts(x, rng.poisson(np.where(np.abs(x[:, 0]) > 0.67, 4.0, 0.5)))
