"""Detectors of anomalies: each with its first setting on every fold, all that may ship with equal weights.

Without a truth no detector can be shown to be better than another, and none is the best on all tables; the mean of
their ranks is better than most of them on most (Aggarwal and Sathe 2017). What can be said without a truth is how far
a detector agrees with the others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from ninefold.core import parts
from ninefold.core.book import Context
from ninefold.core.plan import Plan
from ninefold.core.problem import Problem
from ninefold.core.protocols import Metric
from ninefold.core.results import Leaderboard, Trial
from ninefold.core.shipping import may_ship
from ninefold.core.table import Array, Dataset
from ninefold.core.workshop import Workshop, load_array
from ninefold.forms.blend import blended, evenly
from ninefold.select.candidates import Candidate, eligible
from ninefold.select.ensemble import Ensemble
from ninefold.select.logbook import Logbook
from ninefold.select.rounds import Rounds
from ninefold.select.trials import Entry

WHY = "all detectors that may ship have the same weight, as no truth says which is better"


def detect(problem: Problem, dataset: Dataset, plan: Plan, logbook: Logbook, *, context: Context) -> Leaderboard:
    """Fit every detector on every fold.

    Raises:
        NoModelError: when none that may ship could be fitted.
    """
    learners, workshop = eligible(problem), Workshop(context.run)
    rounds = Rounds(problem, dataset, logbook, len(plan.folds), lambda e: e.trial(learners), context=context)
    why_stopped = rounds.run(_candidates(learners))
    scores = _out_of_fold(problem, dataset, plan, rounds.entries, workshop)
    members = [e.id for e in rounds.entries if e.id in scores and _is_member(problem, e)]
    if not members:
        raise rounds.nothing()
    agreement = _Agreement(plan, {i: scores[i] for i in members})
    trials = tuple(agreement.told(entry.trial(learners), scores.get(entry.id)) for entry in rounds.entries)
    return Leaderboard(
        metric=problem.metric,
        higher_is_better=True,
        trials=trials,
        baseline=next(trial.id for trial in trials if trial.learner == "baseline"),
        weights=evenly(members),
        ensemble_scores=agreement.of_all(trials),
        predictions=context.folder,
        why_stopped=f"{why_stopped}; {WHY}",
    )


def _candidates(learners: dict[str, type[Any]]) -> list[Candidate]:
    """Every learner's first setting, the baseline first, then the quickest."""
    ordered = sorted(learners, key=lambda name: (name != "baseline", learners[name].card.seconds, name))
    firsts = {name: learners[name](**learners[name].portfolio[0]) for name in ordered}
    return [Candidate(name, parts.settings(part), part.card.view) for name, part in firsts.items()]


def _is_member(problem: Problem, entry: Entry) -> bool:
    return entry.candidate.learner != "baseline" and may_ship(problem, entry.candidate.learner, entry.bytes)


def _out_of_fold(
    problem: Problem, dataset: Dataset, plan: Plan, entries: list[Entry], workshop: Workshop
) -> dict[int, Array]:
    """Scores [N, 1] by trial, of those that saw all folds; where time allowed none that, of those that saw any."""
    ensemble = Ensemble(problem, dataset.rows.target, plan, workshop, lambda entry: _is_member(problem, entry))
    finished = [entry for entry in entries if entry.state == "finished" and _is_member(problem, entry)]
    taken = [entry for entry in entries if (entry.state == "finished" if finished else entry.scored)]
    for entry in taken:
        ensemble.take(entry)
    return {entry.id: np.asarray(load_array(workshop.out_of_fold(entry.id))) for entry in taken}


@dataclasses.dataclass(frozen=True)
class _Agreement:
    """How far scores follow the mean of the other members', by fold."""

    plan: Plan
    members: Mapping[int, Array]

    def told(self, trial: Trial, scores: Array | None) -> Trial:
        """The trial with its rank correlation to the others on each fold; without any where there are no others."""
        others = [i for i in self.members if i != trial.id]
        if scores is None or not others:
            return trial
        mean = blended(self.members, evenly(others))[:, 0]
        metric: Metric = parts.make("ninefold.metrics", "rank_correlation")
        both = ~np.isnan(mean) & ~np.isnan(scores[:, 0])
        shown = [fold.valid[both[fold.valid]] for fold in self.plan.folds]
        found = [metric.score(mean[rows], scores[rows]) for rows in shown if len(rows) > 1]
        return dataclasses.replace(trial, scores=tuple(value for value in found if np.isfinite(value)))

    def of_all(self, trials: tuple[Trial, ...]) -> tuple[float, ...]:
        """The members' mean on each fold; a single member agrees with itself."""
        known = [trial.scores for trial in trials if trial.id in self.members and trial.scores]
        return tuple(float(np.mean(fold)) for fold in zip(*known, strict=False)) or (1.0,)
