"""How much a learner knows of a world: 1 is all of it, 0 is what the baseline knows."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from ninefold.checks._bench import fitted, take
from ninefold.checks._views import seen
from ninefold.core import parts
from ninefold.core.protocols import Examples, Learner, World
from ninefold.core.table import Array
from ninefold.core.tasks import base_of

ROWS, STOP = 500, 150
"""Rows to learn from, and as many new ones; rows on which a learner that grows may stop."""
BEATS, KNOWS_NOTHING = 0.1, 0.05
"""Skill above the first beats the baseline; skill below the second fails."""


@cache
def skill(learner: Learner, world: World, seed: int = 0) -> float:
    """1 - squared error / squared error of the mean, on new rows: R^2, or the Brier skill score of probabilities. Of
    clusters, their adjusted Rand index with the true groups; of anomalies, that nobody is told, 2 x ROC AUC - 1.
    """
    made = world.make(2 * ROWS + STOP, rng=np.random.default_rng(seed))
    train, test, stop = (take(made, rows) for rows in np.split(np.arange(2 * ROWS + STOP), [ROWS, 2 * ROWS]))
    (learned, new), stop = seen(learner.card.view, train, test), seen(learner.card.view, train, stop)[1]
    if world.task == "anomaly":
        scores = fitted(learner, replace(learned, y=np.zeros_like(learned.y)), seed).predict(new.x)[:, 0]
        return 2 * ranked_above(scores[test.y == 1], scores[test.y == 0]) - 1
    truth, mean = _wanted(test), np.nanmean(_wanted(train), axis=0)
    said = fitted(learner, replace(learned, stop=stop), seed).predict(new.x)
    if world.task == "clustering":
        return float(parts.make("ninefold.metrics", "adjusted_rand").score(test.y, said))
    known = ~np.isnan(truth)
    return float(1.0 - ((said - truth) ** 2)[known].sum() / ((mean - truth) ** 2)[known].sum())


def named(world: str) -> World:
    made: World = parts.make("ninefold.worlds", world)
    return made


def _wanted(data: Examples) -> Array:
    """[N, K]: what a perfect prediction says; NaN where that is not known."""
    if data.task == "multitask":
        each = zip(data.y.T, data.levels, strict=True)
        return np.column_stack([y if width == 1 else _shares(y, int(width)) for y, width in each])
    if base_of(data.task) == "regression":
        return data.y[:, None]
    return np.eye(data.outputs)[data.y]


def _shares(y: Array, width: int) -> Array:
    shares = np.eye(width)[np.nan_to_num(y).astype(np.int64)]
    return np.where(np.isnan(y)[:, None], np.nan, shares)


def ranked_above(high: Array, low: Array) -> float:
    """The chance that one of ``high`` is above one of ``low``, ties half: the ROC AUC."""
    above, same = high[:, None] > low, high[:, None] == low
    return float(above.mean() + same.mean() / 2)
