"""Decided labels and their counts: what precision, recall, accuracy and their kin are made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ninefold.core.table import Array

Counts = NDArray[np.int64]


def decided(predictions: Array, labels: Array | None) -> Array:
    """The given ``labels`` [N], or the most probable class of each row of ``predictions`` [N, K]."""
    return np.asarray(predictions.argmax(axis=1) if labels is None else labels)


def confusion(y: Array, labels: Array, classes: int) -> Counts:
    """Rows counted as [true class, decided class]."""
    cells = y.astype(np.int64) * classes + labels.astype(np.int64)
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def counted(y: Array, predictions: Array, labels: Array | None) -> Counts:
    """`confusion` of the decided labels, one row and column per column of ``predictions``."""
    return confusion(y, decided(predictions, labels), predictions.shape[1])


def rank_costs(classes: int) -> Counts:
    """What a decision costs among classes that have an order, [true][decided]: the squared distance of the ranks."""
    return np.asarray(np.subtract.outer(np.arange(classes), np.arange(classes)) ** 2)


def decided_rank(predictions: Array, labels: Array | None) -> Array:
    """The given ``labels`` [N], or the class with the least expected squared distance to the truth."""
    if labels is not None:
        return labels
    return np.asarray(np.argmin(predictions @ rank_costs(predictions.shape[1]), axis=1))


def decided_each(predictions: Array, labels: Array | None) -> Array:
    """Of several targets: the given codes [N, T], or yes where its probability in ``predictions`` [N, T] is a half."""
    return np.asarray(predictions >= 0.5 if labels is None else labels, np.int64)


def hits_and_mistakes(y: Array, predictions: Array, labels: Array | None) -> tuple[Counts, Counts]:
    """Of several targets, for each: rows that are rightly yes, and rows that are decided wrongly, [T]."""
    codes = decided_each(predictions, labels)
    return (codes * y).sum(axis=0), (codes != y).sum(axis=0)


def averaged(hits: Counts, of: Counts, counts: Counts) -> float:
    """``hits / of`` [K] of the positive class (binary), or averaged over the classes met in truth or decisions.

    A class that is met and has nothing in ``of`` counts 0; NaN where the positive class, or every class, is not met.
    """
    met = counts.sum(axis=0) + counts.sum(axis=1) > 0
    if len(counts) == 2:
        met[0] = False
    return float(np.mean(hits[met] / np.maximum(of[met], 1))) if met.any() else float("nan")
