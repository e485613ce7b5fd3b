"""Without a column, what remains is the baseline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.checks._bench import demand, mixed, tried, with_columns
from ninefold.core.protocols import Learner
from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class NoColumns:
    def examine(self, learner: Learner) -> str | None:
        for task in learner.card.solves:
            data = mixed(task, learner.card.view)
            bare = with_columns(data, np.zeros((len(data.y), 0)))
            said = tried(learner, bare).predict(bare.x)
            share = _share(task, data.y)
            demand(np.allclose(said, share), "without columns the predictions are not those of the baseline")
        return None


def _share(task: Task, y: Array) -> Array:
    """What the baseline says: the mean, the shares of the classes, or that every row is as unusual as any other."""
    if task == "anomaly":
        return np.array([0.5])
    return np.array([y.mean()]) if task == "regression" else np.bincount(y) / len(y)
