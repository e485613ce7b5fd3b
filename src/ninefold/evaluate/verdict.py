"""Overfitting, underfitting, or neither: training, validation and sealed scores side by side, beside the baseline's.

Skill is a score's distance from the baseline's, so that metrics of every kind can be read alike. A gap between
training and sealed rows is normal for flexible learners; it is called overfitting when it is beyond the sealed
score's interval and more than half of the skill shown on training rows is lost. Poor skill on the training rows
themselves is called underfitting when no trial, however flexible, did much better there than in validation: then
more flexibility has not been tried enough. Otherwise the columns may just not tell more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ninefold.core.results import Leaderboard, Score, Trial, Verdict
from ninefold.evaluate.written import number

MOSTLY_LOST = 0.5
POOR = 0.5
"""Of the skill that a perfect model would have."""
FLEXIBLE = 1.25
"""Training skill over validation skill from which on a trial has begun to fit what does not generalise."""


@dataclass(frozen=True)
class Skills:
    """Distances from the baseline, higher is better. ``worst`` and ``best`` bound the sealed score's interval."""

    train: float
    sealed: float
    worst: float
    best: float
    perfect: float
    reach: float
    """The largest ratio of training to validation skill among the finished trials."""

    @property
    def lost(self) -> float:
        """Share of the training skill that is gone on sealed rows."""
        return (self.train - self.sealed) / self.train if self.train > 0 else 0.0

    @property
    def kind(self) -> str:
        if self.best <= self.worst:
            return "unclear"
        if self.train > self.best and self.lost > MOSTLY_LOST:
            return "overfit"
        if self.train < POOR * self.perfect and self.reach < FLEXIBLE:
            return "underfit"
        if self.worst <= 0 or self.best - self.worst > self.sealed:
            return "unclear"
        return "good"


def train_score(leaderboard: Leaderboard) -> float | None:
    """The members' mean scores on rows they were fitted on, weighted as in the ensemble."""
    members = [(leaderboard.trial(number), weight) for number, weight in leaderboard.weights.items() if weight > 0]
    known = [(float(np.mean(trial.train_scores)), weight) for trial, weight in members if trial.train_scores]
    return sum(score * weight for score, weight in known) / sum(weight for _, weight in known) if known else None


def validation_error(leaderboard: Leaderboard) -> float | None:
    """Standard error of the validation score from the members' fold scores; None where there is one fold.

    Folds share training rows; Nadeau and Bengio's (2003) correction widens the error for that.
    """
    trials = [leaderboard.trial(number) for number, weight in leaderboard.weights.items() if weight > 0]
    errors = [_fold_error(np.array(trial.scores)) for trial in trials if len(trial.scores) > 1]
    return float(np.mean(errors)) if errors else None


def _fold_error(scores: NDArray[np.float64]) -> float:
    return float(scores.std(ddof=1) * np.sqrt(1 / len(scores) + 1 / (len(scores) - 1)))


def verdict(leaderboard: Leaderboard, headline: Score) -> Verdict:
    """The judgement with its evidence; what to do about over- and underfitting is said by the finding."""
    train, base = train_score(leaderboard), headline.baseline or 0.0
    numbers = (train, leaderboard.ensemble_score, headline.value, base)
    if headline.metric != leaderboard.metric:
        return Verdict(
            "unclear", f"The sealed rows do not define the metric that was searched by, {_NO_COMPARISON}", *numbers
        )
    if train is None:
        return Verdict("unclear", f"No member has a score on its training rows, {_NO_COMPARISON}", *numbers)
    skills = _skills(leaderboard, headline, train, base)
    return Verdict(skills.kind, f"{_evidence(headline, leaderboard, train)} {_advice(skills)}", *numbers)


_NO_COMPARISON = "so overfitting cannot be told from it. Seal more rows, or choose another metric."


def _skills(leaderboard: Leaderboard, headline: Score, train: float, base: float) -> Skills:
    sign = 1 if headline.higher_is_better else -1
    ends = sorted(sign * (end - base) for end in (headline.low, headline.high))
    perfect = sign * ((1.0 if headline.higher_is_better else 0.0) - base)
    reach = max((_reach(trial, sign, base) for trial in leaderboard.trials), default=0.0)
    return Skills(sign * (train - base), sign * (headline.value - base), ends[0], ends[1], perfect, reach)


def _reach(trial: Trial, sign: int, base: float) -> float:
    """Training over validation skill of one trial; endless where it learned something that did not generalise."""
    if trial.score is None or not trial.train_scores:
        return 0.0
    train, validation = sign * (float(np.mean(trial.train_scores)) - base), sign * (trial.score - base)
    if train <= MEASURABLE * abs(base or 1.0):
        return 0.0
    return train / validation if validation > 0 else float("inf")


MEASURABLE = 0.02
"""Skill, as a share of the baseline's score, below which a trial has learned nothing that could be compared."""


def _evidence(headline: Score, leaderboard: Leaderboard, train: float) -> str:
    name = headline.title[:1].upper() + headline.title[1:]
    return (
        f"{name} {number(train)} on training rows, {number(leaderboard.ensemble_score)} in validation, "
        f"{number(headline.value)} on sealed rows; the baseline has {number(headline.baseline or 0.0)}."
    )


def _advice(skills: Skills) -> str:
    lost, reached = min(max(skills.lost, 0.0), 1.0), max(skills.train / skills.perfect, 0.0) if skills.perfect else 0.0
    return _ADVICE[skills.kind].format(lost=lost, reached=reached)


_ADVICE = {
    "good": "A good fit: {lost:.0%} of what was learned is lost on unseen rows. Nothing needs to be done; a larger "
    "budget or more columns may still add.",
    "overfit": "Overfitting: {lost:.0%} of what was learned is lost on unseen rows.",
    "underfit": "Underfitting: even on training rows only {reached:.0%} of what is possible is reached, and no trial "
    "was flexible enough to overfit.",
    "unclear": "Unclear: the sealed score cannot be told from the baseline, or its interval is too wide. Bring more "
    "rows, or columns that say more about the target.",
}
