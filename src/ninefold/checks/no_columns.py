"""Without a column, what remains is the baseline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.checks._bench import demand, mixed, tried, with_columns
from ninefold.core.protocols import Learner
from ninefold.core.tasks import base_of


@dataclass(frozen=True)
class NoColumns:
    def examine(self, learner: Learner) -> str | None:
        for task in learner.card.solves:
            data = mixed(task, learner.card.view)
            bare = with_columns(data, np.zeros((len(data.y), 0)))
            said = tried(learner, bare).predict(bare.x)
            share = data.y.mean() if base_of(task) == "regression" else np.bincount(data.y) / len(data.y)
            demand(np.allclose(said, share), "without columns the predictions are not those of the baseline")
        return None
