"""How many rows the budget can learn from: of very large tables a part is learned from, and that is said."""

from __future__ import annotations

import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.table import Array

CELLS_A_SECOND = 50_000
"""Cells (rows times columns) that a second of the budget can do something with: some tens of trials, and the graph."""
CELLS = 60_000_000
"""Cells at most, whatever the budget: the matrices of two workers must fit into memory."""
FEWEST = 50_000


def affordable(learnt: Array, times: Array | None, columns: int, problem: Problem) -> Array:
    """Those of the rows ``learnt`` that are learned from, in their order.

    Rows are drawn at random; where they have ``times`` [N] (of all rows), the latest are taken.
    """
    seconds = problem.budget.seconds
    cells = CELLS if seconds is None or problem.budget.work is not None else min(CELLS, CELLS_A_SECOND * seconds)
    most = max(FEWEST, int(cells / max(1, columns)))
    if len(learnt) <= most:
        return learnt
    if times is None:
        order = np.random.default_rng([problem.seed, 2]).permutation(len(learnt))
    else:
        order = np.argsort(times[learnt], kind="stable")[::-1]
    return learnt[np.sort(order[:most])]
