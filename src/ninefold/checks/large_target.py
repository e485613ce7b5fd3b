"""A target in other units is learned as well: the predictions are those of the small target, in the other units."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ninefold.checks._bench import demand, mixed, tried
from ninefold.core.protocols import Learner


@dataclass(frozen=True)
class LargeTarget:
    def examine(self, learner: Learner) -> str | None:
        if "regression" not in learner.card.solves:
            return "it does not solve regression problems"
        data = mixed("regression", learner.card.view)
        large = replace(data, y=data.y * 1e6 + 1e9)
        small_said, large_said = (tried(learner, d).predict(d.x) for d in (data, large))
        apart = np.abs((large_said - 1e9) / 1e6 - small_said).mean() / data.y.std()
        demand(apart < 0.02, f"the same target in other units changes predictions by {apart:.3g} of its spread")
        return None
