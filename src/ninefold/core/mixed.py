"""Numbers and categories predicted together, any of which a row may lack: what their loss is made of.

The truth ``y`` [N, T] holds values and class codes as float64, NaN where a row has none. A prediction has a column for
a number and one per class for a category, side by side; ``widths`` [T] are their numbers, 1 of a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from ninefold.core.table import Array

SMALLEST = 1e-15
"""Probabilities are clipped here, as in `ninefold.core.loss`."""


def starts(widths: Sequence[float]) -> list[int]:
    """The first column of each target."""
    return [round(start) for start in accumulate(widths[:-1], initial=0.0)]


def nothing(y: Array, widths: Sequence[float]) -> NDArray[np.float64]:
    """[K]: the mean of each number and the class shares of each category in the rows that have it, which is what can be
    said without looking at any column; 0 and even shares where no row has it."""
    return np.concatenate([_shares(y[~np.isnan(y[:, t]), t], int(width)) for t, width in enumerate(widths)])


def _shares(known: Array, width: int) -> Array:
    if width == 1:
        return np.array([known.mean() if len(known) else 0.0])
    counts = np.bincount(known.astype(np.int64), minlength=width)
    return counts / len(known) if len(known) else np.full(width, 1 / width)


def costs(y: Array, widths: Sequence[float]) -> NDArray[np.float64]:
    """[T]: what `nothing` costs on those rows: a variance, or the entropy of the shares; 1 where it costs nothing."""
    found = [_cost(y[~np.isnan(y[:, t]), t], int(width)) for t, width in enumerate(widths)]
    return np.array([cost if cost > 0 else 1.0 for cost in found])


def _cost(known: Array, width: int) -> float:
    if not len(known) or width == 1:
        return float(known.var()) if len(known) else 0.0
    shares = _shares(known, width)
    return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())


def units(y: Array, widths: Sequence[float]) -> NDArray[np.float64]:
    """[T]: what the losses of each target are multiplied by, so that `nothing` costs 1 in the mean over all rows, and a
    target that few rows have counts as much as any other."""
    rows = np.maximum((~np.isnan(y)).sum(axis=0), 1)
    return np.asarray(len(y) / rows / costs(y, widths))


def judged(y: Array, widths: Sequence[float], predictions: Array) -> NDArray[np.float64]:
    """[N, T]: the probability of the true class, or the error of a value; 0 where there is no truth. Of a weighted
    mean of predictions it is the weighted mean of theirs."""
    columns = []
    for t, (start, width) in enumerate(zip(starts(widths), widths, strict=True)):
        known = ~np.isnan(y[:, t])
        truth = np.where(known, y[:, t], 0.0)
        if width > 1:
            said = np.take_along_axis(predictions, start + truth.astype(np.int64)[:, None], axis=1)[:, 0]
        else:
            said = truth - predictions[:, start]
        columns.append(said * known)
    return np.column_stack(columns)


def losses(y: Array, widths: Sequence[float], judged: Array) -> NDArray[np.float64]:
    """[N, T]: log-loss of categories and squared error of numbers from what `judged` gives; 0 where there is no
    truth."""
    category = np.array(widths) > 1
    logs = -np.log(np.maximum(judged, SMALLEST))
    return np.asarray(np.where(category, logs, judged**2) * ~np.isnan(y))
