"""The smooth loss of each task: log-loss for classes, squared error for values, deviance for counts, pinball for
quantiles, and of mixed targets the mean of theirs. Ensembles and searches minimise it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ninefold.core import mixed
from ninefold.core.table import Array
from ninefold_runtime.schema import Task

SMALLEST = 1e-15
"""Probabilities are clipped here, so that one confident mistake costs 34.5 and not infinity."""
LEAST_COUNT = 1e-6
"""Expected counts are clipped here, so that an event where none was expected costs 26 and not infinity."""


def loss(task: Task, y: Array, predictions: Array, levels: tuple[float, ...] = ()) -> float:
    """The mean of `loss_per_row`."""
    return float(np.mean(loss_per_row(task, y, predictions, levels)))


def loss_per_row(task: Task, y: Array, predictions: Array, levels: tuple[float, ...] = ()) -> NDArray[np.float64]:
    """The loss of each row, [N], of ``y`` [N] and ``predictions`` [N, K]: -ln of the probability of its true class,
    (y - prediction)², the Poisson deviance of a count, or the mean pinball loss of the quantiles at ``levels``.

    Of several targets ``y`` is [N, T]; the loss is the mean over them, values measured in units of their spread. Of
    mixed ones ``levels`` are their widths, and each is measured in units of what knowing nothing costs
    (see `ninefold.core.mixed`).
    """
    whole = Loss.against(task, y, levels)
    each = whole.of(whole.judged(predictions))
    return np.asarray(each.reshape(len(y), -1).mean(axis=1) if len(y) else each, np.float64)


@dataclass(frozen=True, eq=False)
class Loss:
    """The loss against one truth ``y``, [N] or [N, T], in two steps, of which only the first looks at predictions.

    Rows have P parts: targets, quantiles, or one. ``spread`` [T] are the units of several values, or of mixed targets.
    """

    task: Task
    y: Array
    levels: tuple[float, ...] = ()
    spread: Array | None = None

    @classmethod
    def against(cls, task: Task, y: Array, levels: tuple[float, ...] = ()) -> Loss:
        if task == "multitask":
            return cls(task, y, levels, mixed.units(y, levels))
        if task != "multioutput" or not len(y):
            return cls(task, y, levels)
        spread = y.std(axis=0)
        return cls(task, y, levels, np.where(spread > 0, spread, 1.0))

    def take(self, rows: Array) -> Loss:
        """Against some of the rows, in the same units."""
        return replace(self, y=self.y[rows])

    def judged(self, predictions: Array) -> NDArray[np.float64]:
        """What the loss looks at, [N·P]: probabilities of the truth, values, or errors. Of a weighted mean of
        predictions it is the weighted mean of theirs: who blends predictions need only blend these."""
        if self.task in {"regression", "count"}:
            return np.asarray(predictions[:, 0], np.float64)
        if self.task == "multilabel":
            return np.asarray(np.where(self.y == 1, predictions, 1 - predictions), np.float64).ravel()
        if self.task in {"multioutput", "forecast"}:  # forecasts are in units of their own already
            units = 1.0 if self.spread is None else self.spread
            return np.asarray((self.y - predictions) / units, np.float64).ravel()
        if self.task == "multitask":
            return mixed.judged(self.y, self.levels, predictions).ravel()
        if self.task == "quantile":
            return np.asarray(self.y[:, None] - predictions, np.float64).ravel()
        return np.asarray(predictions[np.arange(len(self.y)), self.y.astype(np.int64)], np.float64)

    def of(self, judged: Array) -> NDArray[np.float64]:
        """The loss of each part of each row, [N·P], from what `judged` gives."""
        if self.task == "regression":
            return np.asarray((self.y - judged) ** 2, np.float64)
        if self.task == "count":
            return deviance(self.y, judged)
        if self.task in {"multioutput", "forecast"}:
            return np.asarray(judged**2, np.float64)
        if self.task == "multitask":
            each = mixed.losses(self.y, self.levels, judged.reshape(self.y.shape))
            return np.asarray(each * np.asarray(self.spread), np.float64).ravel()
        if self.task == "quantile":
            return pinball(judged.reshape(-1, len(self.levels)), self.levels).ravel()
        return np.asarray(-np.log(np.maximum(judged, SMALLEST)), np.float64)


def deviance(y: Array, expected: Array) -> NDArray[np.float64]:
    """The Poisson deviance of each count, 2 (y ln(y / expected) - y + expected); 0 where it is as expected."""
    expected = np.maximum(expected, LEAST_COUNT)
    logs = np.log(np.where(y > 0, y, 1.0)) - np.log(expected)
    return np.asarray(2 * (y * logs - y + expected), np.float64)


def pinball(errors: Array, levels: tuple[float, ...]) -> NDArray[np.float64]:
    """Of errors y - prediction [N, Q]: level x error where the prediction is too low, (1 - level) x |error| where it
    is too high (Koenker and Bassett 1978)."""
    at = np.array(levels)
    return np.asarray(np.maximum(at * errors, (at - 1) * errors), np.float64)
