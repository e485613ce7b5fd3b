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
from ninefold.core.tasks import alone, base_of
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Index, Resampling, resampled
from ninefold.evaluate.answers import baseline
from ninefold_runtime.schema import Task, spans_of

RESAMPLES = 200
METRICS: dict[Task, tuple[str, ...]] = {
    "binary": ("roc_auc", "average_precision"),
    "multiclass": ("roc_auc", "log_loss"),
    "regression": ("r2", "rmse"),
}
"""By the task that each target is."""


def each_target(
    problem: Problem, answers: Answers, train: Array, how: Resampling, rng: np.random.Generator
) -> tuple[TargetScore, ...]:
    """Scores of each target alone on the sealed rows, with intervals, where they are defined; none where there is one
    target. ``train`` [N, T] is the training target, which the baseline knows."""
    if not problem.several:
        return ()
    naive = baseline(problem.task, answers.y, train, problem.outputs, problem.levels)
    found = []
    for place, target in enumerate(problem.several):
        task = alone(problem.levels[place]) if problem.choices else base_of(problem.task)
        has = ~np.isnan(answers.y[:, place])
        own, nothing = (_alone(each.take(has), problem, place) for each in (answers, naive))
        for name in METRICS.get(task, ()) if has.any() else ():
            metric: Metric = parts.make("ninefold.metrics", name)
            value, base = own.score(metric), nothing.score(metric)
            if np.isfinite([value, base]).all():
                within = how.within(has)
                low, high = within.interval(value, _samples(metric, own, within, rng))
                score = Score(name, metric.title, value, low, high, metric.higher_is_better, base)
                found.append(TargetScore(target, score))
    return tuple(found)


def _alone(answers: Answers, problem: Problem, place: int) -> Answers:
    """One target as the only one: [N, K] probabilities, or [N, 1] values."""
    if problem.choices:
        said, y = answers.predictions[:, spans_of(problem.choices)[place]], answers.y[:, place]
        return Answers(y.astype(np.int64) if problem.choices[place] else y, said)
    said = answers.predictions[:, place]
    if answers.labels is None:
        return Answers(answers.y[:, place], said[:, None])
    return Answers(answers.y[:, place], np.column_stack([1 - said, said]), answers.labels[:, place])


def _samples(metric: Metric, answers: Answers, how: Resampling, rng: np.random.Generator) -> Array:
    def measure(index: Index) -> NDArray[np.float64]:
        return np.array([answers.take(index).score(metric)])

    return resampled(measure, how, rng, Clock(), RESAMPLES)[:, 0]
