"""ROC and precision-recall curves of binary problems, residuals of regression: aggregates, never single rows."""

from __future__ import annotations

import numpy as np

from ninefold.core.results import Curve
from ninefold.core.table import Array
from ninefold.diagnosis.answers import Answers
from ninefold.evaluate.calibration import equal_mass
from ninefold.metrics._ranking import cumulated

AXES = {"roc": ("false positive rate", "true positive rate"), "precision-recall": ("recall", "precision")}
"""What x and y are, by the name of a curve."""
POINTS = 200
RESIDUAL_BINS = 20
SHARES = {"residual 10 %": 0.1, "residual median": 0.5, "residual 90 %": 0.9}


def curves(answers: Answers) -> tuple[Curve, ...]:
    """``roc`` and ``precision-recall``, or three quantiles of the residual over the prediction; none for more than two
    classes, several targets or quantiles."""
    if answers.y.ndim == 2 or (answers.labels is None and answers.predictions.shape[1] > 1):
        return ()
    if answers.labels is None:
        return _residuals(answers)
    if answers.predictions.shape[1] != 2 or len(np.unique(answers.y)) != 2:
        return ()
    return ranked(answers.y == 1, answers.predictions[:, 1])


def ranked(positive: Array, scores: Array) -> tuple[Curve, ...]:
    """``roc`` and ``precision-recall`` of rows in falling order of ``scores``, some of them ``positive``, some not."""
    hits, misses = (counts.astype(np.float64) for counts in cumulated(positive, scores))
    recall, precision = hits / hits[-1], hits / (hits + misses)
    start = np.zeros(1)
    return (
        _curve("roc", np.concatenate((start, misses / misses[-1])), np.concatenate((start, recall))),
        _curve("precision-recall", recall, precision),
    )


def _residuals(answers: Answers) -> tuple[Curve, ...]:
    """Residual (true - predicted) by bins of equal mass of the prediction."""
    predicted = answers.predictions[:, 0]
    bins = equal_mass(predicted, min(RESIDUAL_BINS, max(len(predicted) // 10, 1)))
    parts = [np.flatnonzero(bins == code) for code in range(int(bins.max()) + 1)]
    middle = np.array([predicted[part].mean() for part in parts])
    residual = answers.y - predicted
    return tuple(
        _curve(name, middle, np.array([np.quantile(residual[part], share) for part in parts]))
        for name, share in SHARES.items()
    )


def _curve(name: str, x: Array, y: Array) -> Curve:
    keep = np.unique(np.linspace(0, len(x) - 1, POINTS).round().astype(np.int64))
    return Curve(name, tuple(x[keep].tolist()), tuple(y[keep].tolist()))
