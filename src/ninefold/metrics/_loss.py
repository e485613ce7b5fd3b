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
    """The loss of each row, [N]."""
    return squared_errors(y, predictions) if task == "regression" else log_losses(y, predictions)


def log_losses(y: Array, predictions: Array) -> NDArray[np.float64]:
    """-ln of the probability of each row's true class, [N]."""
    given = predictions[np.arange(len(y)), y.astype(np.int64)]
    return np.asarray(-np.log(np.maximum(given, SMALLEST)), np.float64)


def squared_errors(y: Array, predictions: Array) -> NDArray[np.float64]:
    """(y - prediction)², [N]."""
    return np.asarray((y - predictions[:, 0]) ** 2, np.float64)
