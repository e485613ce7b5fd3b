"""Without a column, what remains is the baseline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.checks._bench import demand, mixed, tried
from ninefold.checks._views import APART, with_columns
from ninefold.core.protocols import TABLES, Examples, Learner
from ninefold.core.table import Array
from ninefold.core.tasks import base_of


@dataclass(frozen=True)
class NoColumns:
    def examine(self, learner: Learner) -> str | None:
        if learner.card.view not in TABLES:
            return APART
        for task in learner.card.solves:
            data = mixed(task, learner.card.view)
            bare = with_columns(data, np.zeros((len(data.y), 0)))
            said = tried(learner, bare).predict(bare.x)
            share = _known(data)
            demand(np.allclose(said, share), "without columns the predictions are not those of the baseline")
        return None


def _known(data: Examples) -> Array:
    """What the target alone tells; where there is none, that every row is as unusual as any other."""
    if data.task == "anomaly":
        return np.array([0.5])
    if data.task == "quantile":
        return np.quantile(data.y, data.levels)
    return np.asarray(data.y.mean(axis=0) if base_of(data.task) == "regression" else np.bincount(data.y) / len(data.y))
