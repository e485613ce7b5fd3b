"""Of several targets, how well each of them is predicted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.problem import Problem
from ninefold.core.protocols import Metric
from ninefold.core.results import Score, TargetScore
from ninefold.core.table import Array
from ninefold.core.tasks import base_of
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Index, Resampling, resampled
from ninefold.evaluate.answers import baseline

RESAMPLES = 200
METRICS = {"binary": ("roc_auc", "average_precision"), "regression": ("r2", "rmse")}
"""By the task that each target is."""


def each_target(
    problem: Problem, answers: Answers, train: Array, how: Resampling, rng: np.random.Generator
) -> tuple[TargetScore, ...]:
    """Scores of each target alone on the sealed rows, with intervals, where they are defined; none where there is one
    target. ``train`` [N, T] is the training target, which the baseline knows."""
    if not problem.several:
        return ()
    task = base_of(problem.task)
    naive = baseline(problem.task, answers.y, train, problem.outputs)
    known = {name: parts.make("ninefold.metrics", name) for name in METRICS.get(task, ())}
    found = []
    for place, target in enumerate(problem.several):
        alone, nothing = _alone(answers, place), _alone(naive, place)
        for name, metric in known.items():
            value, base = alone.score(metric), nothing.score(metric)
            if np.isfinite([value, base]).all():
                low, high = how.interval(value, _samples(metric, alone, how, rng))
                score = Score(name, metric.title, value, low, high, metric.higher_is_better, base)
                found.append(TargetScore(target, score))
    return tuple(found)


def _alone(answers: Answers, place: int) -> Answers:
    """One target as the only one: [N, 2] probabilities, or [N, 1] values."""
    said = answers.predictions[:, place]
    if answers.labels is None:
        return Answers(answers.y[:, place], said[:, None])
    return Answers(answers.y[:, place], np.column_stack([1 - said, said]), answers.labels[:, place])


def _samples(metric: Metric, answers: Answers, how: Resampling, rng: np.random.Generator) -> Array:
    def measure(index: Index) -> NDArray[np.float64]:
        return np.array([answers.take(index).score(metric)])

    return resampled(measure, how, rng, Clock(), RESAMPLES)[:, 0]
