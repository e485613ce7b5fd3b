"""Whether calibration pays, asked on out-of-fold predictions of the ensemble."""

from __future__ import annotations

import numpy as np

from ninefold.core.loss import loss
from ninefold.core.problem import Problem, Teaching
from ninefold.core.results import Calibration
from ninefold.core.table import Array
from ninefold.forms.calibration import best_temperature, calibrated

HALVES = 5
GAIN = 1e-3
"""Calibrate only when it lowers the cross-fitted log-loss by this share."""


def calibration_of(problem: Problem, blend: Array, y: Array) -> Calibration:
    """``blend`` [N, K] and ``y`` [N] are out of fold; the gain is judged on rows the temperature was not fitted on."""
    if not problem.classes or len(y) < 50:
        return Calibration("none")
    if problem.teaching is not None:
        return taught(problem.teaching)
    before = loss(problem.task, y, blend)
    part = np.random.default_rng([problem.seed, 6]).permutation(len(y)) % HALVES
    after = float(
        np.mean([loss(problem.task, y[part == k], _fitted_elsewhere(blend, y, part == k)) for k in range(HALVES)])
    )
    if after > before * (1 - GAIN):
        return Calibration("none", (), before, after)
    return Calibration("temperature", (best_temperature(blend, y),), before, after)


def taught(how: Teaching) -> Calibration:
    """What a student learned is calibrated as its teacher is, once the temperature is undone that it was made soft by;
    what its learner says out of fold, which had no teacher, does not tell."""
    return Calibration("none") if how.temperature == 1.0 else Calibration("temperature", (1 / how.temperature,))


def _fitted_elsewhere(blend: Array, y: Array, here: Array) -> Array:
    return calibrated(blend[here], best_temperature(blend[~here], y[~here]))
