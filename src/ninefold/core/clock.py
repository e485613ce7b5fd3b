"""The budget of a run as a clock that every stage reads."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

NEVER = float("inf")


@dataclass(frozen=True)
class Clock:
    """Wall-clock seconds from ``started`` (``time.monotonic``) to ``started + seconds``."""

    seconds: float = NEVER
    started: float = field(default_factory=time.monotonic)

    @property
    def spent(self) -> float:
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        return self.seconds - self.spent

    def first(self, seconds: float) -> Clock:
        """A clock that started with this one and ends ``seconds`` after that start, or sooner."""
        return Clock(min(self.seconds, seconds), self.started)
