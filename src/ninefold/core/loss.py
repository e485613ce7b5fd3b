"""The smooth loss of each task: log-loss for classes, squared error for values. Ensembles and searches minimise it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ninefold.core.table import Array
from ninefold_runtime.schema import Task

SMALLEST = 1e-15
"""Probabilities are clipped here, so that one confident mistake costs 34.5 and not infinity."""


def loss(task: Task, y: Array, predictions: Array) -> float:
    """Mean log-loss, or mean squared error; ``y`` [N], ``predictions`` [N, K]."""
    return float(np.mean(loss_per_row(task, y, predictions)))


def loss_per_row(task: Task, y: Array, predictions: Array) -> NDArray[np.float64]:
    """The loss of each row, [N]: -ln of the probability of its true class, or (y - prediction)²."""
    return loss_of_judged(task, y, judged(task, y, predictions))


def judged(task: Task, y: Array, predictions: Array) -> NDArray[np.float64]:
    """What the loss looks at, [N]: the probability of each row's true class, or its value."""
    if task == "regression":
        return np.asarray(predictions[:, 0], np.float64)
    return np.asarray(predictions[np.arange(len(y)), y.astype(np.int64)], np.float64)


def loss_of_judged(task: Task, y: Array, judged: Array) -> NDArray[np.float64]:
    """The loss of each row from what `judged` gives, [N]; who blends predictions need only blend those."""
    if task == "regression":
        return np.asarray((y - judged) ** 2, np.float64)
    return np.asarray(-np.log(np.maximum(judged, SMALLEST)), np.float64)
