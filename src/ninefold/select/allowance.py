"""How long the search may go on: the run's time, less what the stages after it will need."""

from __future__ import annotations

from collections.abc import Sequence

from ninefold.core.clock import NEVER, Clock
from ninefold.core.problem import Problem
from ninefold.core.shipping import view_seconds
from ninefold.select.trials import Entry
from ninefold_runtime.schema import SPOKEN

LEAST, SHARE, MOST = 2.0, 0.08, 8.0
"""Seconds for compiling, evaluating, bundling and reporting: a share of the budget within bounds."""
MOST_SPOKEN = 20.0
"""The most where sealed texts are spoken about, token by token."""
TAUGHT = 0.35
"""The share that a student's run keeps besides: what is taught has more rounds and rows than a fold's fit, and what had
no teacher is fitted as well."""
CAUTION = 1.3
COMPILING = 0.4e-6
"""Seconds that building, checking and proving a graph takes per byte of its arrays."""
MORE_ROWS = 1.25
"""A fit on all rows against one on the rows of four folds of five."""


class Allowance:
    """Time mode: seconds until the search must end. Work mode: learner fits that may still be asked for."""

    def __init__(self, problem: Problem, clock: Clock, crew_size: int, rows: int) -> None:
        self.work = problem.budget.work
        self._clock, self._size = clock, crew_size
        most = MOST_SPOKEN if problem.task in SPOKEN else MOST
        after = min(max(SHARE * clock.seconds, LEAST), most) + rows * 1e-5 if clock.seconds < NEVER else 0.0
        kept = TAUGHT * clock.seconds if problem.teaching is not None and clock.seconds < NEVER else 0.0
        self._after = min(after, 0.5 * clock.seconds) + kept
        self._refit = 0.0

    def expect(self, *models: Sequence[Entry]) -> None:
        """The model would be made of one of these lists of trials: whose fits on all rows must fit in as well."""
        self._refit = max(map(self._fits, models))

    def _fits(self, members: Sequence[Entry]) -> float:
        fits = [entry.seconds / max(1, len(entry.done)) for entry in members]
        view = max((entry.overhead for entry in members), default=0.0)
        longest, together = max(fits, default=0.0), sum(fits) / self._size
        weight = COMPILING * sum(entry.bytes for entry in members)
        return MORE_ROWS * (max(longest, together) + weight) + max(MORE_ROWS * view, view_seconds(view))

    @property
    def seconds(self) -> float:
        """Seconds the search may still take."""
        if self.work is not None:
            return 3600.0
        return min(self._clock.left - self._after - CAUTION * self._refit, 1e6)
