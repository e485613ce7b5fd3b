"""What decisions cost, or gain, by a matrix that a problem brings along: no part of its own, for lack of a default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ninefold.core.problem import Problem
from ninefold.core.protocols import Metric
from ninefold.core.table import Array
from ninefold.metrics._labels import decided
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class ExpectedCost:
    """The mean over rows of ``costs`` [true][decided] (Elkan 2001)."""

    costs: tuple[tuple[float, ...], ...]
    title: ClassVar[str] = "expected cost"
    solves: ClassVar[tuple[Task, ...]] = ("binary", "multiclass", "ordinal")
    higher_is_better: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = True

    def per_row(self, y: Array, labels: Array) -> NDArray[np.float64]:
        """What each decision costs, [N]."""
        return np.asarray(np.array(self.costs, np.float64)[y.astype(np.int64), labels.astype(np.int64)])

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return float(self.per_row(y, decided(predictions, labels)).mean())


@dataclass(frozen=True)
class ExpectedGain:
    """The same of gains; ``costs`` are those with the sign turned."""

    costs: tuple[tuple[float, ...], ...]
    title: ClassVar[str] = "expected gain"
    solves: ClassVar[tuple[Task, ...]] = ExpectedCost.solves
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return 0.0 - ExpectedCost(self.costs).score(y, predictions, labels)


def of_costs(problem: Problem) -> dict[str, Metric]:
    """The one by its name, ``cost`` or ``gain``; none where the problem knows no costs."""
    if not problem.costs:
        return {}
    return {"gain": ExpectedGain(problem.costs)} if problem.gains else {"cost": ExpectedCost(problem.costs)}
