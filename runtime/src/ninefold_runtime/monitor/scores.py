"""What is watched of the graph's predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.model import Predictions
from ninefold_runtime.schema import Target
from ninefold_runtime.sketch import score_arrays, score_columns

Array = NDArray[Any]


def score_cells(target: Target, made: Predictions) -> dict[str, Array]:
    """[N] by the name of the score, as stage 9 sketched them."""
    if made.said is not None:
        return score_columns(target, made.said)
    if target.parts:
        said = made.predictions if made.scaled is None else made.scaled
        return score_columns(target, said if made.probabilities is None else made.probabilities)
    said = made.predictions if made.scores is None else made.scores
    values = None if made.probabilities is not None else said
    return score_arrays(made.probabilities, values, positive(target) if target.task == "binary" else None)


def positive(target: Target) -> int | None:
    """The place of the positive class, where there is one."""
    return target.classes.index(target.positive) if target.positive in target.classes else None


def confidence(made: Predictions) -> Array:
    """[N] the probability of the label that was given, which a threshold may have moved off the largest one."""
    assert made.probabilities is not None
    labels = np.asarray(made.predictions)
    best = made.probabilities.argmax(axis=1)
    picked = best.copy()
    for place in np.flatnonzero(np.array(made.classes, object)[best] != labels):
        picked[place] = made.classes.index(labels[place])
    return np.asarray(np.take_along_axis(made.probabilities, picked[:, None], axis=1)[:, 0])
