"""How far a training is, where either its epochs or its time may end it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ninefold.core.clock import Clock


@dataclass(eq=False)
class Pace:
    """``position`` goes from 0 to 1 and reaches 1 when ``batches`` are done or, if that is sooner, when the clock has
    the share ``reserve`` of its time left. Each batch moves it by an equal share of the way that is left, for the
    batches that the time is enough for at the mean speed so far. Without a clock that ends, it counts batches and
    nothing else."""

    batches: int
    clock: Clock
    reserve: float
    position: float = 0.0
    done: int = 0
    _until: float = field(init=False)
    _started: float = field(init=False)
    _here: int = 0

    def __post_init__(self) -> None:
        self._until = self.reserve * max(self.clock.left, 0.0) if self.clock.left != float("inf") else 0.0
        self._started = time.monotonic()

    @property
    def is_over(self) -> bool:
        return self.done >= self.batches or self.clock.left <= self._until

    def step(self) -> None:
        """A batch is done."""
        self.done += 1
        self._here += 1
        self.position += (1 - self.position) / max(1.0, self._coming())

    def _coming(self) -> float:
        """Batches that come, this one included."""
        planned, left = self.batches - self.done + 1, self.clock.left
        if left == float("inf"):
            return planned
        each = (time.monotonic() - self._started) / self._here
        return min(planned, 1 + (left - self._until) / max(each, 1e-9))
