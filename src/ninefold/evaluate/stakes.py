"""Decisions in the user's own unit: what the shipped ones cost or gain on sealed rows, beside the other ways to decide.

The other ways are those that need no costs (a threshold of 0.5, the most probable class) and the one that needs no
model (always the class that is cheapest by the training rows' class shares). All are measured on the same resamples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ninefold.core.clock import Clock
from ninefold.core.problem import Problem
from ninefold.core.results import Score
from ninefold.core.stakes import Policy, Stakes
from ninefold.core.table import Array, class_counts
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Index, Resampling, resampled
from ninefold.metrics._costs import ExpectedCost, of_costs

POINTS = 200


@dataclass(frozen=True)
class Deciding:
    """A problem with costs, the answers to the sealed rows, how those are drawn, and the threshold that ships."""

    problem: Problem
    answers: Answers
    how: Resampling
    threshold: float | None

    @property
    def sign(self) -> float:
        """From costs to what the user speaks of."""
        return -1.0 if self.problem.gains else 1.0

    def per_row(self, labels: Array) -> NDArray[np.float64]:
        """What these decisions cost or gain on each row, [N]."""
        return 0.0 + self.sign * ExpectedCost(self.problem.costs).per_row(self.answers.y, labels)


def stakes_of(deciding: Deciding, train: Array, rng: np.random.Generator, clock: Clock) -> Stakes | None:
    """What the decisions are worth; ``train`` are the training rows' classes. None where no costs were given."""
    problem, answers = deciding.problem, deciding.answers
    if not problem.costs or answers.labels is None:
        return None
    ways = {_shipped(deciding): answers.labels, **_others(deciding, train)}
    each = np.array([deciding.per_row(labels) for labels in ways.values()])

    def measure(index: Index) -> NDArray[np.float64]:
        means = each[:, index].mean(axis=1)
        return np.concatenate([means, 0.0 + deciding.sign * (means - means[0])])

    samples = resampled(measure, deciding.how, rng, clock)
    values, behind = np.split(measure(np.arange(len(answers))), 2)
    policies = tuple(
        Policy(
            name,
            float(values[place]),
            *deciding.how.interval(float(values[place]), samples[:, place]),
            float(behind[place]),
            *deciding.how.interval(float(behind[place]), samples[:, len(ways) + place]),
        )
        for place, name in enumerate(ways)
    )
    return Stakes(problem.gains, policies, deciding.threshold, *_curve(deciding))


def score_of(stakes: Stakes, problem: Problem) -> Score:
    """What the shipped decisions are worth, as a score; the baseline is the way that needs no model."""
    ((name, metric),) = of_costs(problem).items()
    shipped, without = stakes.policies[0], stakes.policies[-1]
    return Score(name, metric.title, shipped.value, shipped.low, shipped.high, metric.higher_is_better, without.value)


def _shipped(deciding: Deciding) -> str:
    return "as shipped" if deciding.threshold is None else f"as shipped: threshold {deciding.threshold:.3g}"


def _others(deciding: Deciding, train: Array) -> dict[str, Array]:
    """Ways to decide by name; the one that needs no model comes last."""
    classes, predictions = deciding.problem.classes, deciding.answers.predictions
    shares = class_counts(train, len(classes)) / len(train)
    cheapest = int(np.argmin(shares @ np.array(deciding.problem.costs)))
    always = np.full(len(predictions), cheapest)
    if len(classes) == 2:
        usual, labels = "threshold 0.5", (predictions[:, 1] >= 0.5).astype(np.int64)
    else:
        usual, labels = "the most probable class", predictions.argmax(axis=1)
    return {usual: labels, f"always {classes[cheapest]}": always}


def _curve(deciding: Deciding) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Thresholds of the last class, and what each is worth; nothing of more than two classes."""
    positive = deciding.answers.predictions[:, -1]
    if deciding.answers.predictions.shape[1] != 2:
        return (), ()
    at = np.unique(np.append(np.quantile(positive, np.linspace(0, 1, POINTS)), deciding.threshold or 0.5))
    values = [float(deciding.per_row((positive >= threshold).astype(np.int64)).mean()) for threshold in at]
    return tuple(at.tolist()), tuple(values)
