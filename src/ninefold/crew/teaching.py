"""A teacher's answers in the place of the truth, and made rows beside the true ones (Bucilua and others 2006; Hinton,
Vinyals and Dean 2015).

The fit on all rows is taught, and no fit on a fold: the teacher has learned from the rows that a fold scores, and what
it says of the others gives them away, out of fold too. On 720 rows students scored 0.87 so that were worth 0.78.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from ninefold.core.lesson import Lesson
from ninefold.core.problem import Teaching
from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.core.tasks import base_of

LEAST = 1e-12
"""Probabilities are at least this before they are made softer."""


def taught(data: Examples, lesson: Lesson, how: Teaching, made: Array | None, rng: np.random.Generator) -> Examples:
    """All training rows as the teacher sees them, and behind them the made rows, ``made`` [M, D] in the examples' view,
    where there are any."""
    said = lesson.answers if made is None else np.vstack([lesson.answers, lesson.said])
    x = data.x if made is None else np.vstack([data.x, made])
    answers, own = _softened(data, said, how.temperature), len(data.y)
    answers[:own] = how.mix * answers[:own] + (1 - how.mix) * _as_answers(data)
    if base_of(data.task) == "regression":
        y = answers if data.y.ndim == 2 else answers[:, 0]
        return dataclasses.replace(data, x=x, y=y, sensitive=None)
    return dataclasses.replace(data, x=x, y=_drawn(data, answers, rng), shares=answers, sensitive=None)


def _as_answers(data: Examples) -> Array:
    """The truth in the shape of answers, [N, K]."""
    if base_of(data.task) == "regression" or data.y.ndim == 2:
        return np.asarray(data.y, np.float64).reshape(len(data.y), -1)
    return np.eye(data.outputs)[data.y]


def _softened(data: Examples, answers: Array, temperature: float) -> Array:
    """Probabilities [N, K] with their logits divided by the temperature; of several targets, each for itself."""
    if temperature == 1.0 or base_of(data.task) == "regression":
        return answers.copy()
    powers = np.maximum(answers, LEAST) ** (1 / temperature)
    if data.y.ndim == 2:
        return np.asarray(powers / (powers + np.maximum(1 - answers, LEAST) ** (1 / temperature)))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _drawn(data: Examples, shares: Array, rng: np.random.Generator) -> Array:
    """A class for each row, as likely as its share: for learners that take no shares."""
    if data.y.ndim == 2:
        return np.asarray(rng.random(shares.shape) < shares, data.y.dtype)
    reached = shares.cumsum(axis=1) < rng.random(len(shares))[:, None]
    return np.asarray(np.minimum(reached.sum(axis=1), data.outputs - 1), data.y.dtype)
