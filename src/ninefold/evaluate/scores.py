"""Every metric of the task on the sealed rows, with interval, beside what the baseline scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ninefold.core.clock import Clock
from ninefold.core.errors import NoModelError
from ninefold.core.problem import Problem
from ninefold.core.protocols import Metric
from ninefold.core.results import Score
from ninefold.core.scoring import of_task
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Index, Resampling, resampled
from ninefold.evaluate.calibration import Reliability


@dataclass(frozen=True)
class Measured:
    """``scores``, headline first, and the samples [B] of the calibration error from the same resamples."""

    scores: tuple[Score, ...]
    calibration: NDArray[np.float64]
    resamples: int


def metrics(problem: Problem) -> dict[str, Metric]:
    """The task's metrics by name; the problem's own leads, then the smooth one that is always defined."""
    return of_task(problem.task, problem.metric, problem.levels)


def measured(
    known: dict[str, Metric],
    answers: Answers,
    baseline: Answers,
    reliability: Reliability | None,
    *,
    how: Resampling,
    rng: np.random.Generator,
    clock: Clock,
) -> Measured:
    """Score, resample and compare.

    Raises:
        NoModelError: when no metric is a finite number: the graph has answered with NaN.
    """
    values = {name: (answers.score(metric), baseline.score(metric)) for name, metric in known.items()}
    defined = {name: known[name] for name, pair in values.items() if np.isfinite(pair).all()}
    if not defined:
        raise NoModelError(
            "NF-E603",
            f"none of {', '.join(known)} is a number on the {len(answers)} sealed rows",
            hint="the graph may have answered with NaN: look for infinite values in the data",
        )

    def measure(index: Index) -> NDArray[np.float64]:
        drawn = answers.take(index)
        error = reliability.take(index).error if reliability else 0.0
        return np.array([drawn.score(metric) for metric in defined.values()] + [error])

    samples = resampled(measure, how, rng, clock)
    scores = [
        _score(name, metric, answers, values[name], how.interval(values[name][0], samples[:, place]), rng=rng)
        for place, (name, metric) in enumerate(defined.items())
    ]
    return Measured(tuple(scores), samples[:, -1], len(samples))


def _score(
    name: str,
    metric: Metric,
    answers: Answers,
    values: tuple[float, float],
    limits: tuple[float, float],
    *,
    rng: np.random.Generator,
) -> Score:
    (value, base), (low, high) = values, limits
    if low == high == 1 and answers.labels is not None and metric.higher_is_better:
        low = _if_nothing_went_wrong(metric, answers, rng)
    return Score(name, metric.title, value, low, high, metric.higher_is_better, base)


def _if_nothing_went_wrong(metric: Metric, answers: Answers, rng: np.random.Generator) -> float:
    """The lower limit of a perfect score, of which every resample is perfect too.

    With no mistake among N rows, up to 3 in N are still likely at 95 % (the rule of three, Hanley and Lippman-Hand
    1983): the score if three rows, drawn at random, were answered with another row's class; the mean of 20 draws.
    """
    scores = []
    for _ in range(20):
        wrong = rng.choice(len(answers), size=min(3, len(answers)), replace=False)
        scores.append(_mistaken(answers, wrong).score(metric))
    return float(np.nanmin([np.nanmean(scores), 1.0]))


def _mistaken(answers: Answers, wrong: Index) -> Answers:
    """The answers with those at ``wrong`` handed to the next class; of several targets, each answered the other way."""
    predictions, labels = answers.predictions.copy(), np.array(answers.labels)
    if labels.ndim == 2:
        predictions[wrong], labels[wrong] = 1 - predictions[wrong], 1 - labels[wrong]
        return Answers(answers.y, predictions, labels)
    predictions[wrong] = np.roll(predictions[wrong], 1, axis=1)
    labels[wrong] = (labels[wrong] + 1) % predictions.shape[1]
    return Answers(answers.y, predictions, labels)
