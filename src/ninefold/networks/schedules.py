"""The learning rate over a training whose end is planned."""

from __future__ import annotations

import math

from ninefold.networks.plan import Schedule

FIRST, LAST = 1 / 25, 1e-5
"""Of one_cycle, as shares of the highest rate (Smith 2018; torch's ``OneCycleLR`` has nearly these)."""
WARM = 0.3
"""The share of one_cycle that rises, where the plan does not say."""


def share(schedule: Schedule, position: float, warm_up: float) -> float:
    """The share of the highest rate at ``position``, 0 at the beginning of the training and 1 at its end."""
    rise = warm_up or (WARM if schedule == "one_cycle" else 0.0)
    if schedule == "one_cycle":
        if position < rise:
            return _wave(FIRST, 1.0, position / rise)
        return _wave(1.0, LAST, (position - rise) / (1 - rise))
    if position < rise:
        return max(position / rise, 1e-3)
    if schedule == "cosine":  # Loshchilov and Hutter 2017, without restarts
        return _wave(1.0, 0.0, (position - rise) / (1 - rise))
    if schedule == "step":
        return 0.1 ** ((position >= 0.5) + (position >= 0.75))
    return 1.0


def _wave(start: float, end: float, way: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * way)) / 2
