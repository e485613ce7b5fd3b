"""Fitting and predicting leave their input, and the learner, as they were."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.checks._bench import demand, mixed, tried
from ninefold.core.protocols import Learner


@dataclass(frozen=True)
class Purity:
    def examine(self, learner: Learner) -> str | None:
        before = hash(learner)
        for task in learner.card.solves:
            data, same = mixed(task, learner.card.view), mixed(task, learner.card.view)
            tried(learner, data)
            demand(np.array_equal(data.x, same.x, equal_nan=True), "fitting or predicting changed the columns")
            demand(
                np.array_equal(data.y, same.y, equal_nan=data.y.dtype.kind == "f"),
                "fitting or predicting changed the target",
            )
        demand(hash(learner) == before, "fitting changed the learner")
        return None
