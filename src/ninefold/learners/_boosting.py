"""What all boosters have in common: the scale of the target, when to stop, the worlds they know."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.table import Array

BEATEN_ON = (
    "halfspace",
    "xor",
    "rings",
    "blobs",
    "linear",
    "steps",
    "smooth",
    "categorical",
    "missing",
    "imbalanced",
    "noise_columns",
)
"""Worlds on which boosted trees beat the baseline, whatever the view and the library."""


@dataclass(frozen=True)
class Scale:
    """The libraries hold targets in single precision: values are centred and scaled first, and leaves scaled back."""

    centre: float = 0.0
    spread: float = 1.0

    @classmethod
    def of(cls, data: Examples) -> Scale:
        return cls(float(data.y.mean()), float(data.y.std())) if data.task in {"regression", "quantile"} else cls()

    def small(self, y: Array) -> Array:
        return (y - self.centre) / self.spread

    def large(self, y: Array) -> Array:
        return y * self.spread + self.centre


@dataclass(eq=False)
class Watch:
    """Asked after each round: growth ends when the stopping loss has not improved for ``patience`` rounds, or when
    the clock has run out. ``best`` is the round of the lowest stopping loss, None without one."""

    clock: Clock
    patience: int
    best: int | None = None
    lowest: float = field(default=np.inf)

    def goes_on(self, done: int, loss: float | None) -> bool:
        """After ``done`` rounds with this stopping loss, None where there are no rows to stop on."""
        if loss is not None and (self.best is None or loss < self.lowest):
            self.best, self.lowest = done, loss
        stale = self.best is not None and done - self.best >= self.patience
        return not stale and self.clock.left > 0


def known_stop(data: Examples) -> Examples | None:
    """The rows to stop on whose class training met: of the others, every model's log-loss is infinite."""
    stop = data.stop
    if stop is None or data.task == "regression":
        return stop
    known = np.isin(stop.y, data.y)
    return replace(stop, x=stop.x[known], y=stop.y[known]) if known.any() else None
