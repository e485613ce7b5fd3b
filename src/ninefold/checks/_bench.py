"""What the checks of learners have in common: examples to fit, and what every prediction must look like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ninefold.checks._views import seen
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples, Form, Learner, View
from ninefold.core.table import Array
from ninefold.core.tasks import base_of
from ninefold_runtime.schema import Task

ROWS = 120
OUTPUTS: dict[Task, int] = {
    "binary": 2,
    "multiclass": 3,
    "regression": 1,
    "count": 1,
    "ordinal": 4,
    "quantile": 3,
    "clustering": 1,
    "anomaly": 1,
    "multitask": 4,
    "multilabel": 2,
    "multioutput": 2,
    "forecast": 3,
}
LEVELS = (0.1, 0.5, 0.9)
"""The quantiles asked for in checks."""
WIDTHS = (1.0, 3.0)
"""Of the mixed targets in checks: a number and a category."""


class CheckFailed(AssertionError):
    """A part does not keep a promise; the text says which, and what came instead."""


def demand(kept: Any, otherwise: str) -> None:
    """Raises: CheckFailed, with the text, when the promise is not ``kept``."""
    if not kept:
        raise CheckFailed(otherwise)


def mixed(task: Task, view: View, rows: int = ROWS, seed: int = 0) -> Examples:
    """Numbers with gaps and a category of six codes, seen in ``view``; the target depends on both."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.normal(size=(rows, 4)), rng.integers(1, 7, rows)])
    score = x[:, 0] + np.abs(x[:, 1]) + np.where(x[:, 4] > 3, 1.5, 0.0) + 0.3 * rng.normal(size=rows)
    x[rng.random((rows, 5)) < 0.08] = np.nan
    names = ("a", "b", "c", "d", "level")
    levels = {"quantile": LEVELS, "multitask": WIDTHS}.get(task, ())
    plain = Examples(x, _target(task, score), task, OUTPUTS[task], names, (4,), levels=levels)
    return seen(view, plain, plain)[0]


def _target(task: Task, score: Array) -> Array:
    if task in {"regression", "quantile"}:
        return score
    if task in ("clustering", "anomaly"):
        return np.zeros(len(score), np.int64)
    if task in ("multitask", "multilabel", "multioutput", "forecast"):
        return _targets(task, score)
    if task == "count":
        return np.floor(np.exp(np.minimum(score, 4.0)))
    cuts = np.quantile(score, {"binary": [0.5], "ordinal": [0.2, 0.5, 0.8]}.get(task, [0.4, 0.8]))
    return np.asarray(np.digitize(score, cuts), np.int64)


def _targets(task: Task, score: Array) -> Array:
    """Several targets; of mixed ones a number that every fifth row lacks, and a category that every third one has."""
    if task in ("multioutput", "forecast"):
        return np.column_stack([score * power for power in range(1, OUTPUTS[task] + 1)])
    if task == "multilabel":
        return np.column_stack([score > np.median(score), score > np.quantile(score, 0.8)]).astype(np.int64)
    place = np.arange(len(score))
    classes = np.digitize(score, np.quantile(score, [0.4, 0.8])).astype(np.float64)
    return np.column_stack([np.where(place % 5 == 4, np.nan, score), np.where(place % 3 > 0, np.nan, classes)])


def fitted(learner: Learner, data: Examples, seed: int = 1, clock: Clock | None = None) -> Form:
    return learner.fit(data, rng=np.random.default_rng(seed), clock=clock or Clock())


def tried(learner: Learner, data: Examples) -> Form:
    """The fitted form of the learner's small settings, its predictions on ``data`` being valid."""
    form = fitted(parts.tiny(learner), data)
    demand_valid(form.predict(data.x), data)
    return form


def demand_valid(predictions: Array, data: Examples) -> None:
    """[N, outputs], of clusters [N, any number], finite; probabilities between 0 and 1 that sum to 1; scores of
    anomalies between 0 and 1.

    Raises:
        CheckFailed: when they are not.
    """
    width = max(1, predictions.shape[1]) if data.task == "clustering" else data.outputs
    shape = (len(data.x), width)
    demand(predictions.shape == shape, f"predictions have shape {predictions.shape}, not {shape}")
    demand(np.isfinite(predictions).all(), "some predictions are not finite")
    demand(data.task != "count" or (predictions >= 0).all(), "some predicted counts are negative")
    if base_of(data.task) != "regression":
        demand((predictions >= 0).all() and (predictions <= 1).all(), "some predictions lie outside 0 to 1")
    if data.task not in {"multilabel", "anomaly"} and base_of(data.task) != "regression":
        demand(np.allclose(predictions.sum(axis=1), 1.0, atol=1e-9), "the probabilities of a row do not sum to 1")


def take(data: Examples, rows: Any) -> Examples:
    """Some rows of it."""
    index = np.asarray(rows, int)
    return replace(data, x=data.x[index], y=data.y[index])
