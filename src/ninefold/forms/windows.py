"""`ninefold_runtime.forecasting` as graph nodes: the seasonal naive forecast of a window, and its usual error there."""

from __future__ import annotations

import numpy as np

from ninefold.forms.onnx import Var, const, op
from ninefold_runtime.forecasting import FLOOR, LARGEST
from ninefold_runtime.schema import Folding


def whole(window: Var) -> Var:
    """[N, W] without gaps."""
    there = op.less_or_equal(op.abs(window), const(LARGEST))  # false of NaN
    count = _sum(op.cast(there, to=np.float64))
    mean = op.div(_sum(op.where(there, window, const(0.0))), op.max([count, const(1.0)]))
    return op.where(there, window, mean)


def spread(values: Var, length: int, season: int) -> Var:
    """[N, 1] of windows without gaps [N, W]."""
    lag = season if length > season else 1
    size = op.mul(op.reduce_mean(op.abs(values), const([1], np.int64), keepdims=1), const(FLOOR))
    least = size
    if length > lag:
        later, earlier = (
            op.gather(values, const(range(*ends), np.int64), axis=1) for ends in ((lag, length), (0, length - lag))
        )
        error = op.reduce_mean(op.abs(op.sub(later, earlier)), const([1], np.int64), keepdims=1)
        least = op.max([error, size])
    return op.where(op.greater(least, const(0.0)), least, const(1.0))


def looked_ahead(scaled: Var, window: Var, folding: Folding) -> dict[str, Var]:
    """``spread`` [N] and ``forecast`` [N, H] in the target's own unit, of what is said in units of the spread, and of
    the target's windows [N, W]."""
    values, length = whole(window), folding.window
    unit = spread(values, length, folding.season)
    places = length - folding.season + np.arange(folding.horizon) % folding.season
    naive = op.gather(values, const(places, np.int64), axis=1)
    return {"spread": op.squeeze(unit, const([1], np.int64)), "forecast": op.add(naive, op.mul(scaled, unit))}


def _sum(values: Var) -> Var:
    return op.reduce_sum(values, const([1], np.int64), keepdims=1)
