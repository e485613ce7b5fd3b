"""A class that no training row has keeps its column of probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.checks._bench import demand, mixed, take, tried
from ninefold.core.protocols import Learner


@dataclass(frozen=True)
class AbsentClass:
    def examine(self, learner: Learner) -> str | None:
        if "multiclass" not in learner.card.solves:
            return "it does not solve multiclass problems"
        data = mixed("multiclass", learner.card.view)
        for absent in range(data.outputs):
            said = tried(learner, take(data, np.flatnonzero(data.y != absent))).predict(data.x)
            demand(said[:, absent].max() < 0.2, f"class {absent} was never met and gets {said[:, absent].max():.2f}")
        alone = take(data, np.flatnonzero(data.y == 1))
        demand(tried(learner, alone).predict(data.x)[:, 1].min() > 0.99, "the one class met does not get probability 1")
        return None
