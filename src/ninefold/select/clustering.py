"""The search for clusters: every clusterer with every number of clusters, judged on rows that it was not fitted on.

There is no truth, so nothing is blended: the one clustering is taken whose silhouette is the highest. Of those that
cannot be told from it, the one whose fits on different folds agree most. Where none falls apart better than its
reference does (`ninefold.crew.clustering`), all rows are one cluster.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from ninefold.core import parts
from ninefold.core.book import Context
from ninefold.core.problem import Problem
from ninefold.core.protocols import Metric
from ninefold.core.results import Leaderboard, Trial
from ninefold.core.shipping import may_ship
from ninefold.core.table import Dataset
from ninefold.core.workshop import Workshop, load_array
from ninefold.select.candidates import Candidate, eligible
from ninefold.select.logbook import Logbook
from ninefold.select.rounds import Rounds
from ninefold.select.trials import Entry

NUMBERS = (3, 2, 4, 5, 6, 7, 8, 9, 10)
"""Numbers of clusters, in the order in which they are tried."""
VIEW = "scaled"
"""Of the baseline too: distances and maps are of complete, scaled columns."""
SMALLEST = 0.01
"""A clustering whose smallest cluster holds a smaller share tells outliers, not groups."""
MARGIN, ERRORS = 0.05, 2.0
"""Clusters must beat their reference by the first, and by so many standard errors of the difference: as the folds
differ, or as so many rows would make it differ, whichever is more."""
SPREAD = 0.25
"""Standard deviation of the silhouettes of single rows, roughly."""


class Clusterings:
    """Asks the crew for every candidate on every fold, then chooses."""

    def __init__(self, problem: Problem, dataset: Dataset, logbook: Logbook, folds: int, *, context: Context) -> None:
        self._problem, self._context = problem, context
        self._workshop = Workshop(context.run)
        self._learners, self._rows = eligible(problem), dataset.train_rows
        self._rounds = Rounds(problem, dataset, logbook, folds, self._trial, context=context)

    def leaderboard(self) -> Leaderboard:
        """Search, and say what was chosen and why.

        Raises:
            NoModelError: when nothing could be fitted on any fold, with the reasons.
        """
        why_stopped = self._rounds.run(candidates(self._problem, self._learners))
        trials = tuple(self._trial(entry) for entry in self._rounds.entries)
        whole = [trial for trial in trials if trial.scores]
        if not whole:
            raise self._rounds.nothing()
        best, why = chosen(self._problem, whole, self._rows)
        return Leaderboard(
            metric=self._problem.metric,
            higher_is_better=True,
            trials=trials,
            baseline=next(trial.id for trial in trials if trial.learner == "baseline"),
            weights={best.id: 1.0},
            ensemble_scores=best.scores,
            predictions=self._context.folder,
            why_stopped=why_stopped,
            why_chosen=why,
        )

    def _trial(self, entry: Entry) -> Trial:
        """The entry with its stability: how much fits on different folds agree about the same rows."""
        trial = entry.trial(self._learners)
        rand: Metric = parts.make("ninefold.metrics", "adjusted_rand")
        assigned = [np.asarray(load_array(self._workshop.assigned(entry.id, fold))) for fold in entry.scored]
        agreements = [rand.score(a, np.empty((0, 0)), b) for a, b in combinations(assigned, 2)]
        stability = {"stability": float(np.mean(agreements))} if agreements else {}
        return dataclasses.replace(trial, measures=trial.measures | stability)


def candidates(problem: Problem, learners: dict[str, type[Any]]) -> list[Candidate]:
    """One cluster first, then numbers of clusters by every learner; who takes twice as long comes half as often."""
    due = [
        (learners[name].card.seconds * (1 + place), name, place, candidate)
        for name in learners
        for place, candidate in enumerate(_of_learner(name, learners[name], problem.clusters))
    ]
    return [candidate for *_, candidate in sorted(due, key=lambda each: each[:3])]


def _of_learner(name: str, part: type[Any], wished: int | None) -> Iterator[Candidate]:
    numbers = NUMBERS if wished is None else (wished,)
    takes_number = "clusters" in parts.spaces(part)
    if wished is not None and name != "baseline" and (wished == 1 or not takes_number):
        return
    for settings in part.portfolio:
        for number in numbers if takes_number else (None,):
            given = settings if number is None else settings | {"clusters": number}
            yield Candidate(name, parts.settings(part(**given)), VIEW)


def chosen(problem: Problem, trials: list[Trial], rows: int) -> tuple[Trial, str]:
    """The clustering to keep, and why. ``trials`` have seen a fold of the ``rows``, the baseline is among them."""
    baseline = next((trial for trial in trials if trial.learner == "baseline"), trials[0])
    if problem.clusters == 1:
        return baseline, "one cluster, as you said"
    wished = [trial for trial in trials if _wanted(problem, trial)]
    if not wished:
        tried = any(trial.learner != "baseline" for trial in trials)
        return baseline, f"no clustering {'has clusters that all hold enough rows' if tried else 'was fitted in time'}"
    best = max(wished, key=lambda trial: (trial.score or 0.0, -trial.id))
    near = [trial for trial in wished if (trial.score or 0.0) >= (best.score or 0.0) - _error(best.scores)]
    kept = max(near, key=lambda trial: (round(trial.measures.get("stability", 0.0), 2), trial.score or 0.0, -trial.id))
    beaten = f"silhouette {kept.score:.3f} against {kept.measures['reference']:.3f} of one cloud of the same spread"
    if not falls_apart(kept, rows):
        if problem.clusters is None:
            return baseline, f"no structure: the best of {len(wished)} clusterings has a {beaten}"
        return kept, f"{problem.clusters} clusters as you said, though there is no structure: {beaten}"
    others = "" if len(near) == 1 else f"; of {len(near)} that cannot be told apart, its fits agree most"
    return kept, f"{beaten}{others}"


def falls_apart(trial: Trial, rows: int) -> bool:
    """Better than its reference, by a margin and beyond chance; the reference varies as much as the score does."""
    ahead = (trial.score or 0.0) - trial.measures["reference"]
    error = float(np.sqrt(2)) * max(_error(trial.scores), SPREAD / float(np.sqrt(rows)))
    return ahead > max(MARGIN, ERRORS * error)


def _wanted(problem: Problem, trial: Trial) -> bool:
    if trial.learner == "baseline" or trial.measures.get("clusters", 1.0) < 2:
        return False
    ships = may_ship(problem, trial.learner, trial.bytes)
    return ships and (problem.clusters is not None or trial.measures["smallest"] >= SMALLEST)


def _error(scores: tuple[float, ...]) -> float:
    """Standard error of the mean over the folds."""
    return float(np.std(scores, ddof=1) / np.sqrt(len(scores))) if len(scores) > 1 else 0.0
