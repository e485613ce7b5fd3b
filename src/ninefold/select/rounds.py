"""Every candidate on every fold: the search where there is no target that settings could be fitted to."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ninefold.core.book import Context
from ninefold.core.errors import NoModelError
from ninefold.core.events import TrialFinished
from ninefold.core.inside import JOURNAL, read
from ninefold.core.problem import Problem
from ninefold.core.protocols import FitDone, FitJob
from ninefold.core.results import Trial
from ninefold.core.table import Dataset
from ninefold.core.words import counted
from ninefold.core.workshop import Workshop
from ninefold.select.allowance import Allowance
from ninefold.select.candidates import Candidate
from ninefold.select.logbook import Logbook
from ninefold.select.trials import Entry, reasons_of

TICK, PATIENT_SECONDS = 0.5, 0.5
MORE_TIME = "give it more time with --budget, or see workers.log in the run folder"
FIRST_TRIALS, FIRST_FIT = 3, 2.0
"""Trials that get so many seconds for a fit, whatever the time, until one that is not the baseline is done."""


class Rounds:
    """``entries`` are the trials in order; ``trial`` makes a trial of an entry, for those who listen."""

    def __init__(
        self,
        problem: Problem,
        dataset: Dataset,
        logbook: Logbook,
        folds: int,
        trial: Callable[[Entry], Trial],
        *,
        context: Context,
    ) -> None:
        self._problem, self._logbook, self._folds, self._context = problem, logbook, folds, context
        self._trial = trial
        self._crew = context.crew()
        self._allowance = Allowance(problem, context.clock, self._crew.size, dataset.train_rows)
        self._left: list[Candidate] = []
        self._best: float | None = None
        self._told = ""
        self.entries = logbook.entries

    def run(self, candidates: Sequence[Candidate]) -> str:
        """Ask the crew for all of them, in order, while there is time; returns why it ended."""
        self._left = [candidate for candidate in candidates if not self._tried(candidate)]
        why = "everything was tried"
        while self._ask() or self._running():
            if self._seconds() <= 0 or self._context.stop.is_set():
                why = "stopped by the user" if self._context.stop.is_set() else "the time was up"
                break
            answers = self._crew.wait(min(TICK, self._seconds()))
            for answer in answers:
                self._take(answer)
            if not answers:
                self._follow()
        until = time.monotonic() + PATIENT_SECONDS
        while self._running() and time.monotonic() < until:
            for answer in self._crew.wait(0.1):
                self._take(answer)
        self._crew.drop()
        return why

    def nothing(self) -> NoModelError:
        """What to raise when no entry came to anything."""
        reasons = reasons_of((entry.candidate.learner, entry.why) for entry in self.entries)
        return NoModelError("NF-E601", f"nothing could be fitted on any fold: {reasons}", hint=MORE_TIME)

    def _seconds(self) -> float:
        """What is left; enough for one fit while nothing but the baseline has been fitted, for a few trials."""
        done = any(entry.scored and entry.candidate.learner != "baseline" for entry in self.entries)
        hopeful = not done and len(self.entries) + len(self._left) > 1 and len(self.entries) <= FIRST_TRIALS
        return max(self._allowance.seconds, FIRST_FIT if hopeful else 0.0)

    def _running(self) -> int:
        return sum(entry.running for entry in self.entries)

    def _ask(self) -> bool:
        """Keep the crew busy; False when there is nothing left to ask for."""
        while self._running() < self._crew.size:
            entry = next((e for e in self.entries if not e.state and e.next_fold is not None), None) or self._begun()
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
        if not self._left or (work is not None and (len(self.entries) + 1) * self._folds > work and self.entries):
            return None
        entry = Entry(len(self.entries), self._left.pop(0), self._folds)
        self.entries.append(entry)
        self._logbook.begin(entry)
        return entry

    def _tried(self, candidate: Candidate) -> bool:
        return any(entry.candidate == candidate for entry in self.entries)

    def _take(self, answer: FitDone) -> None:
        entry = self.entries[answer.trial]
        self._logbook.fitted(answer)
        entry.record(answer)
        if entry.state:
            self._logbook.end(entry)
            self._tell(entry)

    def _follow(self) -> None:
        """Say what takes long, and how far those are that write it down, when that has changed."""
        doing = " · ".join(self._doing(entry) for entry in self.entries if entry.running)
        if doing and doing != self._told:
            self._told = doing
            self._context.progress(doing)

    def _doing(self, entry: Entry) -> str:
        epochs = len(read(Workshop(self._context.run).unfinished(entry.id) / JOURNAL))
        return self._trial(entry).title + (f", {counted(epochs, 'epoch')} made" if epochs else "")

    def _tell(self, entry: Entry) -> None:
        trial = self._trial(entry)
        self._best = max((score for score in (self._best, trial.score) if score is not None), default=None)
        ended = sum(bool(e.state) for e in self.entries)
        metric, spent = self._problem.metric, self._context.clock.spent
        self._context.tell(
            TrialFinished(trial.id, trial.title, trial.state, trial.score, self._best, metric, ended, spent)
        )
