"""A row's prediction does not depend on the rows beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.checks._bench import demand, mixed, tried
from ninefold.core.protocols import Card, Learner


def _slack(learner: Learner) -> float:
    """Networks decide in single precision, and sums of a batch have another order."""
    return 1e-12 if learner.card.tolerance <= Card.tolerance else learner.card.tolerance


@dataclass(frozen=True)
class RowsAlone:
    def examine(self, learner: Learner) -> str | None:
        for task in learner.card.solves:
            data = mixed(task, learner.card.view)
            form = tried(learner, data)
            together, alone = form.predict(data.x), np.vstack([form.predict(data.x[i : i + 1]) for i in range(20)])
            same = np.allclose(together[:20], alone, rtol=1e-9, atol=_slack(learner))
            demand(same, "rows predict otherwise alone than together")
        return None
