"""Columns that repeat each other do no harm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.checks._bench import mixed, tried
from ninefold.checks._views import APART, with_columns
from ninefold.core.protocols import TABLES, Learner


@dataclass(frozen=True)
class DuplicateColumns:
    def examine(self, learner: Learner) -> str | None:
        if learner.card.view not in TABLES:
            return APART
        for task in learner.card.solves:
            data = mixed(task, learner.card.view)
            tried(learner, with_columns(data, np.hstack([data.x, data.x])))
        return None
