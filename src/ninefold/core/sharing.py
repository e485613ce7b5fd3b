"""One model for all targets beside one for each: what the report says of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shared:
    """One target's relative loss (see `ninefold.metrics.relative_loss`) by either way on the same rows, and how much
    more the joint one loses, with the 95 % interval of the paired difference."""

    target: str
    where: str
    """validation, out of fold; or sealed."""
    rows: int
    joint: float
    separate: float
    more: float
    low: float
    high: float

    @property
    def helps(self) -> bool:
        return self.high < 0

    @property
    def hurts(self) -> bool:
        """Negative transfer."""
        return self.low > 0


@dataclass(frozen=True)
class Sharing:
    """``joint`` and ``separate`` are trials of the same learner, the best of either way, ``weights`` what the ensemble
    gives each of the two ways."""

    title: str
    joint: int
    separate: int
    weights: tuple[float, float]
    targets: tuple[Shared, ...]
