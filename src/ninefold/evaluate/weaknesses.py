"""Where the answers are worse than as a whole: parts of the rows, the worst rows, and groups of sensitive columns."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from ninefold.core.fairness import Fairness
from ninefold.core.mistakes import Mistakes
from ninefold.core.results import Score
from ninefold.diagnosis.slices import Judged, Jury
from ninefold.evaluate.case import Case
from ninefold.evaluate.fairness import Measure, fairness
from ninefold.evaluate.influence import Influence
from ninefold.evaluate.mistakes import Judgement, mistakes_of

SLICING, SEEKING, GROUPING = 0.25, 0.1, 0.2
"""Shares of the time left when each begins."""
SLICED = 20
"""Columns that are sliced, the most important ones first."""


@dataclass(frozen=True)
class Weaknesses:
    """``fairness`` where sensitive columns are named."""

    slices: tuple[Judged, ...]
    mistakes: Mistakes
    fairness: Fairness | None


def weaknesses_of(case: Case, headline: Score, influence: Influence) -> Weaknesses:
    names = _names(case, influence)
    judgement = Judgement(case.problem, case.dataset, case.rows, case.answers, case.how, names)
    return Weaknesses(
        slices=_slices(case, headline, judgement),
        mistakes=mistakes_of(judgement, case.rng.spawn(1)[0], case.context.share(SEEKING)),
        fairness=_fairness(case) if case.problem.sensitive else None,
    )


def _names(case: Case, influence: Influence) -> tuple[str, ...]:
    """Sensitive columns, then the graph's by importance where it is known."""
    by_importance = tuple(each.column for each in influence.columns) or case.model.columns
    sensitive = tuple(name for name in case.problem.sensitive if name in case.dataset.names)
    return tuple(dict.fromkeys((*sensitive, *by_importance[:SLICED])))


def _slices(case: Case, headline: Score, judgement: Judgement) -> tuple[Judged, ...]:
    case.context.progress("looking at parts of the rows", 0.7)
    metric = case.metrics[headline.metric]
    jury = Jury(case.answers, metric, case.how, case.rng, case.problem.task, case.problem.levels)
    return jury.judged(judgement.parts(), case.context.share(SLICING))


def _fairness(case: Case) -> Fairness:
    case.context.progress("comparing groups", 0.85)
    clock = case.context.share(GROUPING)
    measure = Measure(case.problem, case.answers, case.how, case.rng)
    told = fairness(case.dataset, case.rows, measure, clock)
    return dataclasses.replace(told, front=case.leaderboard.front, thresholds=case.model.group_thresholds)
