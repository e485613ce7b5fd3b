"""What is measured of a group. Every measure is a ratio of two sums over its rows, so that groups, resamples and
folds are measured alike: add up, then divide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.table import Array

SELECTION, TRUE, FALSE, ACCURACY = "selection", "true positives", "false positives", "accuracy"
CALIBRATION, PREDICTION, ERROR, RESIDUAL = "given − observed", "mean prediction", "mean absolute error", "mean residual"
SHARES = (SELECTION, TRUE, FALSE, ACCURACY)
"""Measures that are shares of rows."""


@dataclass(frozen=True, eq=False)
class Ratio:
    """A measure: the sum of ``above`` [N] over a group's rows, divided by that of ``below`` [N]."""

    measure: str
    part: str
    above: Array
    below: Array


def ratios(problem: Problem, y: Array, predictions: Array, labels: Array | None) -> tuple[Ratio, ...]:
    """All measures of a task, from the truth [N] (of several targets [N, T]), what was predicted [N, K], and the
    decided codes like ``y``, None for values."""
    if labels is None:
        return tuple(_of_values(problem, y, predictions))
    return (*_of_decisions(problem, y, labels), *_of_probabilities(problem, y, predictions))


def _of_decisions(problem: Problem, y: Array, labels: Array) -> Iterator[Ratio]:
    every = np.ones(len(y))
    for part, true, chosen in _parts(problem, y, labels):
        yield Ratio(SELECTION, part, chosen, every)
        yield Ratio(TRUE, part, chosen * true, true)
        yield Ratio(FALSE, part, chosen * (1 - true), 1 - true)
    right = labels == y if y.ndim == 1 else (labels == y).all(axis=1)
    yield Ratio(ACCURACY, "", right.astype(float), every)


def _parts(problem: Problem, y: Array, labels: Array) -> Iterator[tuple[str, Array, Array]]:
    """What can be given or withheld: the positive class, each of several classes against the rest, each target."""
    if problem.labels:
        pairs = zip(problem.several, y.T, labels.T, strict=True)
        yield from ((name, true.astype(float), chosen.astype(float)) for name, true, chosen in pairs)
    elif len(problem.classes) == 2:
        yield "", (y == 1).astype(float), (labels == 1).astype(float)
    else:
        classes = enumerate(problem.classes)
        yield from ((name, (y == code).astype(float), (labels == code).astype(float)) for code, name in classes)


def _of_probabilities(problem: Problem, y: Array, predictions: Array) -> Iterator[Ratio]:
    every = np.ones(len(y))
    if problem.labels:
        for name, true, given in zip(problem.several, y.T, predictions.T, strict=True):
            yield Ratio(CALIBRATION, name, given - true, every)
        return
    given, came = sureness(y, predictions)
    yield Ratio(CALIBRATION, "", given - came, every)


def sureness(y: Array, predictions: Array) -> tuple[Array, Array]:
    """The probability of the positive class, or of the most probable one of several, and whether it came true, [N]."""
    if predictions.shape[1] == 2:
        return predictions[:, 1], (y == 1).astype(float)
    return predictions.max(axis=1), (predictions.argmax(axis=1) == y).astype(float)


def _of_values(problem: Problem, y: Array, predictions: Array) -> Iterator[Ratio]:
    """Of quantiles the middle one speaks."""
    several = problem.several or ("",)
    said = predictions if problem.several else predictions[:, [predictions.shape[1] // 2]]
    every, truth = np.ones(len(y)), y.reshape(len(y), -1)
    for part, given, true in zip(several, said.T, truth.T, strict=True):
        yield Ratio(PREDICTION, part, given, every)
        yield Ratio(ERROR, part, np.abs(true - given), every)
        yield Ratio(RESIDUAL, part, true - given, every)
