"""The ensemble's members, fitted on all training rows by the crew; who fails, is late or differs is refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ninefold.core import parts
from ninefold.core.book import Context
from ninefold.core.problem import Problem
from ninefold.core.protocols import Card, FitDone
from ninefold.core.results import Leaderboard, Member, Trial
from ninefold.core.shipping import on_all_rows, view_seconds

AFTER = 1.2
"""Seconds kept back for compiling, evaluating and reporting while members are fitted."""
MORE_ROWS, AT_ALL = 1.25, 0.25
"""A fit on all rows against one on a fold's; seconds that fits may take at any time, as small ones are no matter."""
AT_LEAST = 3.0
"""Seconds a fit on all rows always gets: a run that is late still ends with a model."""


class Members:
    """Fits trials on all ``rows`` rows at most once each; ``refused`` says by trial id why one cannot be in the
    graph."""

    def __init__(self, problem: Problem, rows: int, board: Leaderboard, context: Context) -> None:
        self._problem, self._rows, self._board, self._context = problem, rows, board, context
        self._done: dict[int, FitDone] = {}
        self.refused: dict[int, str] = {}

    def seconds(self, trial: Trial) -> float:
        """What a fit may take now; also of a late run the time that its view takes."""
        if self._problem.budget.work is not None:
            return 3600.0
        view = max(each.overhead for each in self._board.trials if each.view == trial.view)
        return min(max(self._context.clock.left - AFTER, AT_LEAST + view_seconds(view)), 1e6)

    @property
    def hurried(self) -> bool:
        """No time is left to fit other members."""
        return self._problem.budget.work is None and self._context.clock.left < AFTER + AT_LEAST

    def fitted(self, trials: Iterable[int]) -> list[int]:
        """Those of ``trials`` that are fitted on all rows and not refused."""
        return [trial for trial in trials if trial in self._done and trial not in self.refused]

    def fit(self, weights: Mapping[int, float]) -> list[Member]:
        """The members of an ensemble; fewer than asked for when some are refused in the course of it."""
        self._fit_all(sorted(weights.keys() - self._done.keys(), key=lambda trial: (-weights[trial], trial)))
        for trial in weights:
            self._judge(self._board.trial(trial), self._done.get(trial))
        return [self._member(trial, weight) for trial, weight in weights.items() if trial not in self.refused]

    def _fit_all(self, queue: list[int]) -> None:
        """In this order, no more at a time than there are workers: the seconds of a fit count from its start."""
        crew, total, running = self._context.crew(), len(queue), 0
        while queue or running:
            while queue and running < crew.size:
                trial = self._board.trial(queue.pop(0))
                if self._fits_in(trial) or not (running or self._has_one()):
                    crew.submit(on_all_rows(trial, self.seconds(trial), rows=self._rows, seed=self._problem.seed))
                    running += 1
            for answer in crew.wait(0.5) if running else ():
                self._done[answer.trial] = answer
                running -= 1
                done = total - len(queue) - running
                self._context.progress(f"fitted {done} of {total} members on all rows", done / total)

    def _fits_in(self, trial: Trial) -> bool:
        """Whether a fit on all rows would end in time, by what fits on folds took."""
        if self._problem.budget.work is not None:
            return True
        each = trial.seconds / max(1, len(trial.scores))
        return MORE_ROWS * each < max(self._context.clock.left - AFTER, AT_ALL)

    def _has_one(self) -> bool:
        return any(answer.state == "ok" for answer in self._done.values())

    def _judge(self, trial: Trial, answer: FitDone | None) -> None:
        tolerance = card_of(trial.learner).tolerance
        if answer is None:
            self.refused[trial.id] = "no time was left to fit it on all rows"
        elif answer.state != "ok":
            self.refused[trial.id] = answer.why
        elif answer.difference is None or not answer.difference <= tolerance:
            self.refused[trial.id] = f"its graph differs from its Python by {answer.difference} (allowed: {tolerance})"

    def _member(self, number: int, weight: float) -> Member:
        trial, answer = self._board.trial(number), self._done[number]
        assert answer.difference is not None
        keeps_rows = card_of(trial.learner).keeps_rows
        return Member(number, trial.learner, trial.title, weight, answer.rounds, answer.difference, keeps_rows)


def card_of(learner: str) -> Card:
    """The card of a learner by name."""
    card: Card = parts.find("ninefold.learners", learner).card
    return card
