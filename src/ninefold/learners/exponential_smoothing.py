"""Exponential smoothing with constants that are the same for all windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.gapless import Gapless
from ninefold.forms.linear import Linear
from ninefold.forms.smoothing import GRID, Constants, smoothed
from ninefold_runtime.forecasting import seasonal

ROWS = 2_000
"""Windows that the constants are chosen on."""


@dataclass(frozen=True)
class ExponentialSmoothing:
    """Averages the past with weights that fall off; level, damped trend and season each with a constant of its own,
    chosen by the squared error of all that is looked ahead."""

    shrink: float = setting(1.0, "Share of the step away from the seasonal naive forecast", low=0.1, high=1.0)

    card: ClassVar[Card] = Card(
        title="Exponential smoothing",
        solves=("forecast",),
        view="series",
        idea="What comes is the level of late, its trend, and what the season adds.",
        inductive_bias="The recent past says more than the distant one; other series say nothing.",
        cost="Some tens of passes over the windows.",
        source="Holt 1957; Winters 1960; Gardner and McKenzie 1985",
        questions=(32,),
        seconds=0.5,
        promise=0.5,
        family="forecasting",
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"shrink": 0.7})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        length = data.shape[0]
        step = max(1, len(data.x) // ROWS)
        windows = np.nan_to_num(data.x.reshape(len(data.x), *data.shape)[::step, :, 0])
        weights, least = np.zeros((length, data.outputs)), np.inf
        for constants in GRID:
            tried = _weights(length, min(data.season, length), data.outputs, constants)
            error = float(((data.y[::step] - self.shrink * windows @ tried) ** 2).mean())
            weights, least = (tried, error) if error < least else (weights, least)
            if clock.left <= 0:
                break
        whole = np.zeros((*data.shape, data.outputs))
        whole[:, 0] = self.shrink * weights
        return Gapless(Linear(whole.reshape(-1, data.outputs), np.zeros(data.outputs), "identity"))


def _weights(length: int, season: int, horizon: int, constants: Constants) -> Array:
    """[W, H]: what each value of a window adds to the forecast, less the seasonal naive forecast."""
    each = np.eye(length)
    return smoothed(each, season, horizon, constants)[0] - seasonal(each, season, horizon)
