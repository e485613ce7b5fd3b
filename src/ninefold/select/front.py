"""What fairness costs: ways to decide side by side, each judged on rows that none of its thresholds was learned on.

The ways are the ensemble as it is; trials on reweighed rows and trials under a constraint, alone and half and half with
the ensemble; and thresholds for each group over the ensemble's probabilities, the more alike the less slack they have.
Thresholds by group need the group at every answer. Whoever keeps the column from the model with --drop does not want
that, and gets none.

The best score is taken among those whose groups are no further apart than is allowed; else the least unfair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ninefold.core.fairness import Choice, Front
from ninefold.core.problem import Problem
from ninefold.core.results import Trial
from ninefold.core.scoring import metric_for
from ninefold.core.table import Array, Dataset
from ninefold.fairness.differences import of_decisions
from ninefold.fairness.groups import Grouping, grouping_of
from ninefold.fairness.thresholds import Aim, thresholds
from ninefold.forms.blend import blended
from ninefold.forms.stack import dealt
from ninefold.metrics._thresholds import is_imbalanced, threshold_of

SLACKS = (0.0, 0.02, 0.05, 0.1)
MITIGATED = 6
"""Trials tried to be fair that are compared, those with the smallest loss."""


@dataclass(frozen=True, eq=False)
class Speaker:
    """Whose probabilities are decided upon: trials by weight, and what they say out of fold [N, 2]."""

    title: str
    kind: str
    weights: dict[int, float]
    predictions: Array
    stacked: bool = False


def front_of(
    problem: Problem,
    dataset: Dataset,
    ensemble: Speaker,
    mitigated: Sequence[Trial],
    out_of_fold: Mapping[int, Array],
) -> Front | None:
    """The ways to decide, and the one to take; None where fairness is not asked for. ``mitigated`` are the trials
    that may ship and were tried to be fair, best first."""
    if problem.fair is None:
        return None
    name = problem.sensitive[0]
    grouping = grouping_of(dataset.column(name), dataset.rows.columns[name]) if name in dataset.names else "not read"
    if isinstance(grouping, str):
        return None
    judge = Judge(problem, grouping, grouping.codes(dataset.rows.columns[name]), dataset.rows.target)
    barred = name in problem.only_judged
    why = f"No thresholds by group: they would need {name} at every answer, and it is left out."
    speakers = [ensemble, *_mitigated(ensemble, mitigated[:MITIGATED], out_of_fold)]
    choices = [judge.choice(speaker, None) for speaker in speakers]
    choices += [judge.choice(ensemble, slack) for slack in (() if barred else SLACKS)]
    sign = 1 if judge.higher_is_better else -1

    def worth(place: int) -> tuple[bool, float, float]:
        gap, score = choices[place].gaps[judge.criterion], sign * choices[place].score
        return (True, score, -gap) if gap <= problem.fair_gap else (False, -gap, score)

    return Front(
        criterion=judge.criterion,
        column=name,
        allowed=problem.fair_gap,
        metric=judge.metric,
        higher_is_better=judge.higher_is_better,
        choices=tuple(choices),
        chosen=max(range(len(choices)), key=worth),
        notes=(why,) if barred else (),
    )


def _mitigated(ensemble: Speaker, trials: Sequence[Trial], out_of_fold: Mapping[int, Array]) -> Iterator[Speaker]:
    for trial in trials:
        kind = "reweighing" if trial.augment else "constraint"
        words = f"{trial.title} ({trial.id})" + (" on reweighed rows" if trial.augment else "")
        yield Speaker(words, kind, {trial.id: 1.0}, out_of_fold[trial.id])
        if not ensemble.stacked:
            weights = {number: weight / 2 for number, weight in ensemble.weights.items()}
            weights[trial.id] = weights.get(trial.id, 0.0) + 0.5
            yield Speaker(f"half {words}, half ensemble", "mixture", weights, blended(out_of_fold, weights))


class Judge:
    """Scores a way to decide, and tells how far apart groups are then, on all rows, each by what others taught."""

    def __init__(self, problem: Problem, grouping: Grouping, codes: Array, y: Array) -> None:
        assert problem.fair is not None
        self._problem, self._groups, self._codes, self._y = problem, len(grouping.names), codes, y
        self.criterion: str = problem.fair
        self.metric, self.higher_is_better, self._score = _scorer(problem, y)

    def choice(self, speaker: Speaker, slack: float | None) -> Choice:
        """A speaker with one threshold for all, or with ``slack`` one for each group."""
        seen = ~np.asarray(np.isnan(speaker.predictions)).any(axis=1)
        said, y, codes = speaker.predictions[seen], self._y[seen], self._codes[seen]
        labels = np.zeros(len(y), np.int64)
        for inside, outside in dealt(len(y), self._problem.seed):
            learned = self._thresholds(said[inside, 1], y[inside], codes[inside], slack)
            labels[outside] = said[outside, 1] >= learned[codes[outside]]
        title = speaker.title if slack is None else f"thresholds by group, {slack:g} apart"
        return Choice(
            title,
            speaker.kind if slack is None else "thresholds",
            speaker.weights,
            slack,
            speaker.stacked,
            self._score(y, said, labels),
            of_decisions(y, labels, codes),
        )

    def _thresholds(self, positive: Array, y: Array, codes: Array, slack: float | None) -> Array:
        plain, _ = threshold_of(self._problem.costs, positive, y)
        if slack is None:
            return np.full(self._groups, plain)
        return thresholds(positive, y, codes, self._groups, Aim(self.criterion, slack, plain))


def _scorer(problem: Problem, y: Array) -> tuple[str, bool, Callable[[Array, Array, Array], float]]:
    """Title, direction and function of what decisions are scored by: their cost where costs are given, the problem's
    metric where it scores decisions, else accuracy, or F1 where a class is rare."""
    if problem.costs:
        costs = np.array(problem.costs)
        return "mean cost", False, lambda y, _, labels: float(costs[y, labels].mean())
    metric = metric_for(problem, problem.metric)
    if not metric.needs_labels:
        metric = metric_for(problem, "f1" if is_imbalanced(y) else "accuracy")
    return metric.title, metric.higher_is_better, metric.score
