"""Rows ranked by a score: what ROC and precision-recall curves, and the areas under them, are made of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ninefold.core.table import Array


def cumulated(positive: Array, scores: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """True and false positives when the threshold passes each distinct score, from the highest down.

    ``positive`` [N] bool, ``scores`` [N]; both results have one entry per distinct score. The sort is stable because
    that one takes linear time on rows already in falling order, which is how the bootstrap hands them over.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    hits = np.cumsum(positive[order])[last]
    return hits, last + 1 - hits


def ranks(values: Array) -> NDArray[np.float64]:
    """Ranks from 1 on, [N]; equal values share the mean of theirs."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[where], np.float64)


def one_vs_rest(y: Array, predictions: Array, area: Callable[[Array, Array], float]) -> float:
    """``area(positive, scores)`` of the positive class (binary), or averaged over the classes, or over several targets
    (``y`` [N, T]), where it is not NaN."""
    codes = (1,) if y.ndim == 1 and predictions.shape[1] == 2 else range(predictions.shape[1])
    areas = np.array([area(y == k if y.ndim == 1 else y[:, k] == 1, predictions[:, k]) for k in codes])
    return float(np.mean(areas[~np.isnan(areas)])) if not np.isnan(areas).all() else float("nan")
