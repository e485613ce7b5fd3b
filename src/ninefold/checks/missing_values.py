"""Missing values are met while learning, and for the first time while predicting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.checks._bench import demand_valid, mixed, take, tried
from ninefold.core.protocols import Learner


@dataclass(frozen=True)
class MissingValues:
    def examine(self, learner: Learner) -> str | None:
        if learner.card.view in {"scaled", "pixels", "tokens"}:
            return "its view has no missing values"
        for task in learner.card.solves:
            data = mixed(task, learner.card.view)
            form = tried(learner, data)
            demand_valid(form.predict(np.full_like(data.x, np.nan)), data)
            whole = take(data, np.flatnonzero(~np.isnan(data.x).any(axis=1)))
            demand_valid(tried(learner, whole).predict(data.x), data)
        return None
