"""Learning and validation curves read: does the learner overfit, underfit, or want more rows?

Scores are read as skill, the distance from the baseline's score, so that metrics of every kind are read alike. The
band around a point is the range of its folds; a change counts when it is larger than the folds' own spread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ninefold.core.results import FitCurve

Scores = NDArray[np.float64]

MOSTLY_LOST = 0.5
"""Share of the training skill that overfitting loses on other rows."""
CLOSE = 0.25
"""Share lost up to which training and validation count as alike."""
POOR = 0.5
"""Of the skill that a perfect model would have."""
NOTHING = 0.1
"""Of the same: below it on all rows, nothing was learned."""
PAYS = 0.02
"""Gain of the last step, as a share of the perfect skill, from which on more rows are worth their price."""


@dataclass(frozen=True)
class Scale:
    """How scores become skill: what the ``baseline`` has, what a ``perfect`` model would have (1 and 0 for most)."""

    baseline: float
    perfect: float

    def skill(self, scores: object) -> Scores:
        """0 at the baseline, 1 for the perfect model."""
        reach = self.perfect - self.baseline
        return (np.asarray(scores, np.float64) - self.baseline) / (reach if reach else 1.0)


@dataclass(frozen=True)
class Reading:
    """``kind``: overfit, underfit, nothing (neither the rows learned from nor others are told), good.

    ``train`` and ``validation`` are skills at the last point; ``slope`` is the gain in validation skill over the last
    step (a doubling of rows), ``pays`` whether that is more than chance and worth acting on.
    """

    kind: str
    train: float
    validation: float
    slope: float
    pays: bool


def read(curve: FitCurve, scale: Scale) -> Reading:
    """The verdict on a learning curve, whose last point has all rows; a curve of one point has no slope."""
    train, valid = scale.skill(curve.train), scale.skill(curve.validation)
    last, other = float(train[-1].mean()), float(valid[-1].mean())
    steps = valid[-1] - valid[-2] if len(valid) > 1 else np.zeros(1)
    slope = float(steps.mean())
    pays = slope >= PAYS and bool((steps > 0).all())
    return Reading(kind(last, other), last, other, slope, pays)


def best(curve: FitCurve, scale: Scale) -> float:
    """The place on the axis where the mean skill in validation is highest."""
    return curve.x[int(scale.skill(curve.validation).mean(axis=1).argmax())]


def kind(train: float, validation: float) -> str:
    """The verdict from skills (0 baseline, 1 perfect) on the rows learned from and on others."""
    if train < NOTHING and validation < NOTHING:
        return "nothing"
    lost = (train - validation) / train if train > 0 else 0.0
    if lost > MOSTLY_LOST:
        return "overfit"
    if train < POOR and lost <= CLOSE:
        return "underfit"
    return "good"


def sentence(reading: Reading) -> str:
    """What the last step of the curve says, and what to do."""
    if reading.kind == "nothing":
        return "Neither training nor other rows are told from the baseline: bring other columns, not more rows."
    if reading.pays:
        return f"More rows would help: the last doubling brought {reading.slope:.1%} of what was possible."
    return f"More rows of this kind would hardly help: the last doubling brought {max(reading.slope, 0.0):.1%}."
