"""A number that every row has and a label that few have, both told by the same hidden product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import relatives
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class Kin:
    task: ClassVar[Task] = "multitask"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        x = rng.normal(size=(rows, 4))
        hidden = x[:, 0] * x[:, 1] + np.sin(2 * x[:, 2])
        label = np.where(rng.random(rows) < 0.3, hidden > 0, np.nan)
        return relatives(x, np.column_stack([hidden + 0.1 * rng.normal(size=rows), label]), (1.0, 2.0))
