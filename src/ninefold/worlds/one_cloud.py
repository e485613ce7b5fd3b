"""One round cloud, and groups that are drawn apart from it: there is nothing to find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.worlds._making import groups
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class OneCloud:
    task: ClassVar[Task] = "clustering"

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        return groups(rng.normal(size=(rows, 3)), rng.integers(3, size=rows))
