"""Exponential smoothing with a damped trend and a season, additive throughout.

The recursions of Holt (1957) and Winters (1960) with damping (Gardner and McKenzie 1985), in error correction form
(Hyndman, Koehler, Snyder and Grose 2002). Forecasts are linear in the window, given the constants.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from ninefold.core.table import Array


@dataclass(frozen=True)
class Constants:
    """How fast level, trend and season follow; a trend that is damped by ``damping`` with each step, 0: none."""

    level: float
    trend: float = 0.0
    season: float = 0.0
    damping: float = 0.0


GRID = tuple(
    Constants(level, trend, season, damping)
    for level, (trend, damping), season in product(
        (0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0), ((0.0, 0.0), (0.05, 0.9), (0.2, 0.9)), (0.0, 0.1, 0.3)
    )
)
"""Constants that are tried."""


def smoothed(windows: Array, season: int, horizon: int, constants: Constants) -> tuple[Array, Array]:
    """[N, H] forecasts from windows [N, W], and [N] the mean squared error of one step ahead within them.

    Level and season begin as those of the first season, the trend at 0.
    """
    length = windows.shape[1]
    start = min(season, length)
    level = windows[:, :start].mean(axis=1)
    trend = np.zeros(len(windows))
    seasons = np.tile(windows[:, :start] - level[:, None], (1, -(-season // start)))[:, :season] if season > 1 else None
    errors = np.zeros(len(windows))
    for t in range(start, length):
        place = t % season
        repeats = 0.0 if seasons is None else seasons[:, place]
        error = windows[:, t] - (level + constants.damping * trend + repeats)
        level = level + constants.damping * trend + constants.level * error
        trend = constants.damping * trend + constants.level * constants.trend * error
        if seasons is not None:
            seasons[:, place] = seasons[:, place] + constants.season * (1 - constants.level) * error
        errors += error**2
    ahead = np.arange(1, horizon + 1)
    grown = np.cumsum(constants.damping**ahead)
    made = level[:, None] + grown * trend[:, None]
    if seasons is not None:
        made = made + seasons[:, (length + ahead - 1) % season]
    return made, errors / max(1, length - start)
