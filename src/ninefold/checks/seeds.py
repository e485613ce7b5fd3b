"""The same seed gives the same predictions, bit for bit; the state of NumPy's global generator plays no part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.checks._bench import demand, fitted, mixed
from ninefold.core import parts
from ninefold.core.protocols import Learner


@dataclass(frozen=True)
class Seeds:
    def examine(self, learner: Learner) -> str | None:
        small = parts.tiny(learner)
        for task in learner.card.solves:
            data = mixed(task, learner.card.view)
            first, second = (fitted(small, data, seed=3).predict(data.x) for _ in range(2))
            demand(np.array_equal(first, second), f"two fits of one seed differ by {np.abs(first - second).max():.3g}")
        return None
