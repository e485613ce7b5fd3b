"""How good the answers are as a whole: scores beside the baseline's, calibration, and what decisions cost or gain."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.results import Score
from ninefold.core.stakes import Stakes
from ninefold.evaluate.answers import baseline
from ninefold.evaluate.calibration import Reliability, reliability
from ninefold.evaluate.case import Case
from ninefold.evaluate.scores import Measured, measured
from ninefold.evaluate.stakes import Deciding, score_of, stakes_of

SCORING, STAKING = 0.2, 0.05
"""Shares of the time left when each begins."""


@dataclass(frozen=True)
class Performance:
    """``reliable`` where classes have probabilities, ``stakes`` where the user said what decisions cost or gain."""

    scores: tuple[Score, ...]
    resamples: int
    reliable: Reliability | None
    error_between: tuple[float, float] | None
    stakes: Stakes | None

    @property
    def headline(self) -> Score:
        return self.scores[0]


def performance_of(case: Case) -> Performance:
    """Score, resample, and compare with what one would say who knows nothing.

    Raises:
        NoModelError: when no metric is a finite number.
    """
    case.context.progress("scoring, with intervals", 0.1)
    reliable = reliability(case.answers) if case.problem.classes else None
    found = _measured(case, reliable)
    between = case.how.basic_interval(reliable.error, found.calibration) if reliable else None
    stakes = _stakes(case)
    scores = found.scores if stakes is None else (*found.scores, score_of(stakes, case.problem))
    return Performance(scores, found.resamples, reliable, between, stakes)


def _measured(case: Case, reliable: Reliability | None) -> Measured:
    asked, train = case.problem, case.dataset.rows.target
    naive = baseline(asked.task, case.answers.y, train, asked.outputs, asked.levels)
    return measured(
        case.metrics, case.answers, naive, reliable, how=case.how, rng=case.rng, clock=case.context.share(SCORING)
    )


def _stakes(case: Case) -> Stakes | None:
    deciding = Deciding(case.problem, case.answers, case.how, case.model.threshold)
    return stakes_of(deciding, case.dataset.rows.target, case.rng.spawn(1)[0], case.context.share(STAKING))
