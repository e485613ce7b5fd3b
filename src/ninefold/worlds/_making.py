"""The steps that worlds share."""

from __future__ import annotations

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.core.table import Array


def two_classes(x: Array, positive: Array, categorical: tuple[int, ...] = ()) -> Examples:
    return Examples(x, np.asarray(positive, np.int64), "binary", 2, _names(x), categorical)


def classes(x: Array, codes: Array) -> Examples:
    return Examples(x, np.asarray(codes, np.int64), "multiclass", int(codes.max()) + 1, _names(x))


def groups(x: Array, codes: Array) -> Examples:
    """The true group of each row stands where a target would; whoever looks for clusters does not look at it."""
    return Examples(x, np.asarray(codes, np.int64), "clustering", int(codes.max()) + 1, _names(x))


def values(x: Array, y: Array) -> Examples:
    return Examples(x, y, "regression", 1, _names(x))


def counts(x: Array, y: Array) -> Examples:
    return Examples(x, np.asarray(y, np.float64), "count", 1, _names(x))


def grades(x: Array, codes: Array) -> Examples:
    return Examples(x, np.asarray(codes, np.int64), "ordinal", int(codes.max()) + 1, _names(x))


def relatives(x: Array, y: Array, widths: tuple[float, ...]) -> Examples:
    """Mixed targets, NaN where a row lacks one."""
    return Examples(x, y, "multitask", round(sum(widths)), _names(x), levels=widths)


def unusual(x: Array, strange: Array) -> Examples:
    """Rows of which some are anomalies; detectors are not told which."""
    return Examples(x, np.asarray(strange, np.int64), "anomaly", 1, _names(x))


def _names(x: Array) -> tuple[str, ...]:
    return tuple(f"x{i}" for i in range(x.shape[1]))
