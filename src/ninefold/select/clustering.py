"""The search for clusters: every clusterer with every number of clusters, judged on rows that it was not fitted on.

There is no truth, so nothing is blended: the one clustering is taken whose silhouette is the highest. Of those that
cannot be told from it, the one whose fits on different folds agree most. Where none falls apart better than its
reference does (`ninefold.crew.clustering`), all rows are one cluster.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from ninefold.core import parts
from ninefold.core.book import Context
from ninefold.core.errors import NoModelError
from ninefold.core.events import TrialFinished
from ninefold.core.problem import Problem
from ninefold.core.protocols import FitDone, FitJob, Metric
from ninefold.core.results import Leaderboard, Trial
from ninefold.core.shipping import may_ship
from ninefold.core.table import Dataset
from ninefold.core.workshop import Workshop, load_array
from ninefold.select.allowance import Allowance
from ninefold.select.candidates import Candidate, eligible
from ninefold.select.logbook import Logbook
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
TICK, PATIENT_SECONDS = 0.5, 0.5
FIRST_TRIALS, FIRST_FIT = 3, 2.0
"""Trials that get so many seconds for a fit, whatever the time, until a first clustering is done."""


class Clusterings:
    """Asks the crew for every candidate on every fold, then chooses."""

    def __init__(self, problem: Problem, dataset: Dataset, logbook: Logbook, folds: int, *, context: Context) -> None:
        self._problem, self._logbook, self._folds, self._context = problem, logbook, folds, context
        self._crew = context.crew()
        self._workshop = Workshop(context.run)
        self._allowance = Allowance(problem, context.clock, self._crew.size, dataset.train_rows)
        self._learners, self._rows = eligible(problem), dataset.train_rows
        self._entries = logbook.entries
        self._left = [c for c in candidates(problem, self._learners) if not self._tried(c)]

    def leaderboard(self) -> Leaderboard:
        """Search, and say what was chosen and why.

        Raises:
            NoModelError: when nothing could be fitted on any fold, with the reasons.
        """
        why_stopped = self._search()
        trials = tuple(self._trial(entry) for entry in self._entries)
        whole = [trial for trial in trials if trial.scores]
        if not whole:
            reasons = "; ".join(dict.fromkeys(f"{t.learner}: {t.why}" for t in trials if t.why))
            hint = "give it more time with --budget, or see workers.log in the run folder"
            raise NoModelError("NF-E601", f"nothing could be fitted on any fold ({reasons or 'no time'})", hint=hint)
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

    def _search(self) -> str:
        why = "every clusterer and number of clusters was tried"
        while self._ask() or self._running():
            if self._seconds() <= 0 or self._context.stop.is_set():
                why = "stopped by the user" if self._context.stop.is_set() else "the time was up"
                break
            for answer in self._crew.wait(min(TICK, self._seconds())):
                self._take(answer)
        until = time.monotonic() + PATIENT_SECONDS
        while self._running() and time.monotonic() < until:
            for answer in self._crew.wait(0.1):
                self._take(answer)
        self._crew.drop()
        return why

    def _seconds(self) -> float:
        """What is left; enough for one fit while nothing but the baseline has been fitted, for a few trials."""
        done = any(entry.losses and entry.candidate.learner != "baseline" for entry in self._entries)
        hopeful = not done and len(self._learners) > 1 and len(self._entries) <= FIRST_TRIALS
        return max(self._allowance.seconds, FIRST_FIT if hopeful else 0.0)

    def _running(self) -> int:
        return sum(entry.running for entry in self._entries)

    def _ask(self) -> bool:
        """Keep the crew busy; False when there is nothing left to ask for."""
        while self._running() < self._crew.size:
            entry = next((e for e in self._entries if not e.state and e.next_fold is not None), None) or self._begun()
            if entry is None or entry.next_fold is None:
                return False
            fold, chosen = entry.next_fold, entry.candidate
            entry.asked.add(fold)
            seed = self._problem.seed
            job = FitJob(entry.id, chosen.learner, chosen.settings, chosen.view, fold, self._seconds(), seed)
            self._crew.submit(job)
        return True

    def _begun(self) -> Entry | None:
        """A new trial, while there are candidates and, in work mode, fits left."""
        work = self._problem.budget.work
        if not self._left or (work is not None and (len(self._entries) + 1) * self._folds > work and self._entries):
            return None
        entry = Entry(len(self._entries), self._left.pop(0), self._folds)
        self._entries.append(entry)
        self._logbook.begin(entry)
        return entry

    def _tried(self, candidate: Candidate) -> bool:
        return any(entry.candidate == candidate for entry in self._entries)

    def _take(self, answer: FitDone) -> None:
        entry = self._entries[answer.trial]
        self._logbook.fitted(answer)
        entry.record(answer)
        if entry.state:
            self._logbook.end(entry)
            trial = self._trial(entry)
            best = max((e.trial(self._learners).score or 0.0 for e in self._entries if e.scored), default=None)
            ended = sum(bool(e.state) for e in self._entries)
            title, metric, spent = trial.title, self._problem.metric, self._context.clock.spent
            self._context.tell(TrialFinished(trial.id, title, trial.state, trial.score, best, metric, ended, spent))

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
