"""One trial fitted again in other ways on the run's own folds, by the crew, within the time that is left."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ninefold.core.book import Context
from ninefold.core.clock import NEVER, Clock
from ninefold.core.problem import Problem
from ninefold.core.protocols import FitDone, FitJob
from ninefold.core.results import Leaderboard, Trial
from ninefold.core.table import Array
from ninefold.core.workshop import Workshop, load_array

SHARE_OF_RUN, SHARE_OF_REST = 0.05, 0.4
"""Refits take no more than these shares of the run's time and of what is left of it."""
NEAR = 0.15
"""Of the way from the best trial's loss back to the baseline's: a trial within it is looked into where the best is too
slow."""
CAUTION = 2.0
"""Refits are asked for when they are expected to end within the time divided by this: views are fitted anew."""


@dataclass(frozen=True, eq=False)
class Refits:
    """``trial`` on the folds of its run; ``clock`` ends the waiting."""

    problem: Problem
    trial: Trial
    first: int
    """A number beyond those of all trials: refits count on from it."""
    context: Context
    clock: Clock

    def affordable(self, fits: float) -> bool:
        """Whether that many fits on all rows of a fold can be expected to end in time."""
        each = self.trial.seconds / len(self.trial.scores)
        return fits * each / self.context.crew().size < self.clock.left / CAUTION

    def job(self, fold: int) -> FitJob:
        trial, seconds, seed = self.trial, max(min(self.clock.left, 3600.0), 0.0), self.problem.seed
        how = trial.augment
        return FitJob(trial.id, trial.learner, trial.settings, trial.view, fold, seconds, seed, augment=how)

    def done(self, jobs: Sequence[FitJob]) -> list[tuple[FitDone, Array]] | None:
        """The answers in the order of ``jobs``, each with its predictions on the fold's validation rows; None where one
        failed or did not come in time."""
        numbered = [dataclasses.replace(job, trial=self.first + place) for place, job in enumerate(jobs)]
        crew, answers = self.context.crew(), dict[int, FitDone]()
        for job in numbered:
            crew.submit(job)
        while len(answers) < len(jobs) and self.clock.left > 0 and not self.context.stop.is_set():
            answers |= {answer.trial: answer for answer in crew.wait(min(self.clock.left, 0.5))}
        crew.drop()
        try:
            if len(answers) < len(jobs) or any(answer.state != "ok" for answer in answers.values()):
                return None
            return [(answers[job.trial], np.array(load_array(self._path(job)))) for job in numbered]
        finally:
            for job in numbered:
                self._path(job).unlink(missing_ok=True)

    def close(self) -> None:
        """Drop the views that refits were made on."""
        shutil.rmtree(Workshop(self.context.run).views, ignore_errors=True)

    def _path(self, job: FitJob) -> Path:
        return Workshop(self.context.run).predictions(job.trial, job.fold or 0)


def refits(problem: Problem, board: Leaderboard, context: Context, fits: float) -> Refits | None:
    """Refits of the best single trial that can be fitted ``fits`` times in the time left; None where there is none, and
    where fits are counted and not seconds, since the search has then used them up."""
    clock = Clock(min(SHARE_OF_RUN * context.clock.seconds, SHARE_OF_REST * context.clock.left))
    if clock.left <= 0 or clock.seconds == NEVER:
        return None
    first = 1 + max(trial.id for trial in board.trials)
    for trial in _candidates(board):
        made = Refits(problem, trial, first, context, clock)
        if made.affordable(fits):
            return made
    return None


def _candidates(board: Leaderboard) -> list[Trial]:
    """Finished trials, best first, that learned nearly as much as the best one: what holds of others may not hold of
    what ships."""
    known = [t for t in board.trials if t.state == "finished" and t.id != board.baseline and t.train_scores]
    ranked = sorted(known, key=lambda trial: trial.loss or 0.0)
    losses = [trial.loss for trial in (*ranked[:1], board.trial(board.baseline)) if trial.loss is not None]
    bar = losses[0] + NEAR * max(losses[-1] - losses[0], 0.0) if losses else 0.0
    return [trial for trial in ranked if (trial.loss or 0.0) <= bar]
