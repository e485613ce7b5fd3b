"""Ways to forecast that need no training: what a model has to beat.

Exponential smoothing and Theta choose their constants for each window by the squared error of one step ahead in it,
from a grid: they are the additive ETS models of Hyndman and others (2002) and the Theta method of Assimakopoulos and
Nikolopoulos (2000) as Hyndman and Billah (2003) put it, with the season taken off by its means.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.smoothing import GRID, Constants, smoothed
from ninefold_runtime.forecasting import seasonal

Forecast = Callable[[Array, int, int], Array]
"""Windows without gaps [N, W], season and horizon to [N, H]."""
ALPHAS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9)


def naive(windows: Array, season: int, horizon: int) -> Array:
    """The last value."""
    del season
    return np.repeat(windows[:, -1:], horizon, axis=1)


def drift(windows: Array, season: int, horizon: int) -> Array:
    """The last value, and on along the line from the first."""
    del season
    step = (windows[:, -1] - windows[:, 0]) / max(1, windows.shape[1] - 1)
    return np.asarray(windows[:, -1:] + step[:, None] * np.arange(1, horizon + 1))


def smoothing(windows: Array, season: int, horizon: int) -> Array:
    """Exponential smoothing (ETS)."""
    return _best([smoothed(windows, season, horizon, constants) for constants in GRID])


def theta(windows: Array, season: int, horizon: int) -> Array:
    """The mean of simple exponential smoothing and of the line through the window."""
    length = windows.shape[1]
    repeats = _season(windows, season)
    flat = windows - repeats[:, np.arange(length) % season]
    made = _best([smoothed(flat, 1, horizon, Constants(alpha)) for alpha in ALPHAS])
    moments = np.arange(length) - (length - 1) / 2
    slope = flat @ moments / max(float(moments @ moments), 1.0)
    ahead = np.arange(1, horizon + 1)
    return np.asarray(made + slope[:, None] / 2 * ahead + repeats[:, (length + ahead - 1) % season])


METHODS: dict[str, Forecast] = {
    "seasonal naive": seasonal,
    "naive": naive,
    "drift": drift,
    "ETS": smoothing,
    "Theta": theta,
}


def _best(tried: list[tuple[Array, Array]]) -> Array:
    """Of each row the forecast whose constants erred least in its window."""
    errors = np.stack([error for _, error in tried])
    made = np.stack([forecast for forecast, _ in tried])
    return np.asarray(made[errors.argmin(axis=0), np.arange(made.shape[1])])


def _season(windows: Array, season: int) -> Array:
    """[N, season]: the mean of each place of the season less that of all; 0 where a window has less than two."""
    length = windows.shape[1]
    if season < 2 or length < 2 * season:
        return np.zeros((len(windows), season))
    whole = length // season * season
    start = length - whole
    means = windows[:, start:].reshape(len(windows), -1, season).mean(axis=1)
    return np.roll(means - means.mean(axis=1, keepdims=True), start % season, axis=1)
