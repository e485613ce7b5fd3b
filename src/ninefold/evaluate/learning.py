"""Learning curve, validation curve, bias and variance, as a report shows them."""

from __future__ import annotations

import numpy as np

from ninefold.core.results import Evaluation, FitCurve
from ninefold.core.section import Figure, Series
from ninefold.core.words import cell
from ninefold.diagnosis import bias_variance
from ninefold.diagnosis.curves import Scale, best, read, sentence

ROWS = "rows"
NONE = "A learning curve is drawn in the time that is left: a larger --budget leaves some, --work none."
NOTE = "The mean over the same folds, and their range. Rows of the folds' validation parts were never learned from."


def scale_of(evaluation: Evaluation) -> Scale:
    """How the headline's scores become skill."""
    return Scale(evaluation.verdict.baseline, 1.0 if evaluation.headline.higher_is_better else 0.0)


def figures(evaluation: Evaluation) -> tuple[Figure, ...]:
    return tuple(_figure(curve, evaluation) for curve in evaluation.fit_curves)


def text(evaluation: Evaluation) -> tuple[str, ...]:
    """What bias and variance say; that there was no time for curves, where there was none."""
    if not evaluation.fit_curves:
        return (NONE,)
    return () if evaluation.decomposition is None else (bias_variance.sentence(evaluation.decomposition),)


def _figure(curve: FitCurve, evaluation: Evaluation) -> Figure:
    scale = scale_of(evaluation)
    if curve.axis == ROWS:
        title, label = sentence(read(curve, scale)), "rows learned from"
    else:
        title, label = f"{curve.title} does best with {curve.axis} {cell(best(curve, scale))}", curve.axis
    series = (_series("training", curve, curve.train), _series("validation", curve, curve.validation))
    return Figure("lines", title, series, label, evaluation.headline.title, f"{curve.title}. {NOTE}", topic="diagnosis")


def _series(name: str, curve: FitCurve, scores: tuple[tuple[float, ...], ...]) -> Series:
    values = np.array(scores)
    mean, low, high = (tuple(v.tolist()) for v in (values.mean(axis=1), values.min(axis=1), values.max(axis=1)))
    return Series(name, curve.x, mean, low, high)
