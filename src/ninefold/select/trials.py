"""The trials of a search: what each has done so far, and what is worth doing next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ninefold.core.lesson import TAUGHT
from ninefold.core.protocols import FitDone
from ninefold.core.results import Trial
from ninefold.select.candidates import Candidate

MOST_REASONS, MOST_NAMES = 4, 3


def reasons_of(trials: Iterable[tuple[str, str]]) -> str:
    """Why nothing came of learners, the commonest reason first: "no memory (rules, tabm, bagging and 8 more)"."""
    who: dict[str, dict[str, None]] = {}
    for learner, why in trials:
        if why:
            who.setdefault(why, {})[learner] = None
    ranked = sorted(who.items(), key=lambda pair: -len(pair[1]))
    told = [f"{why} ({_few(tuple(learners))})" for why, learners in ranked[:MOST_REASONS]]
    return "; ".join(told) or "no time"


def _few(names: tuple[str, ...]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True)
class Ending:
    """How a trial ended, and on how many folds it had been scored by then."""

    state: str
    why: str
    folds: int


@dataclass
class Entry:
    """One trial in the making. ``state`` is empty while it runs; see `ninefold.core.results.Trial`.

    ``ending``: it had ended so before the run was interrupted; folds that were lost since are fitted again.
    """

    id: int
    candidate: Candidate
    folds: int
    done: dict[int, FitDone] = field(default_factory=dict)
    asked: set[int] = field(default_factory=set)
    state: str = ""
    why: str = ""
    ending: Ending | None = None

    @property
    def mending(self) -> bool:
        """It is known how it ends, but not all of its folds are there."""
        return self.ending is not None and not self.state

    @property
    def running(self) -> int:
        return len(self.asked - self.done.keys())

    @property
    def next_fold(self) -> int | None:
        return next((k for k in range(self.folds) if k not in self.asked), None)

    @property
    def losses(self) -> list[float]:
        return [self.done[k].loss or 0.0 for k in self.scored]

    @property
    def seconds(self) -> float:
        return sum(d.seconds for d in self.done.values())

    @property
    def overhead(self) -> float:
        return max((answer.overhead for answer in self.done.values()), default=0.0)

    @property
    def bytes(self) -> int:
        return max((answer.bytes for answer in self.done.values()), default=0)

    @property
    def mean_loss(self) -> float:
        return self.loss_on(self.scored) if self.scored else np.inf

    def loss_on(self, folds: list[int]) -> float:
        """The mean loss over some folds it has been scored on."""
        return float(np.mean([self.done[k].loss or 0.0 for k in folds]))

    @property
    def scored(self) -> list[int]:
        """The folds it has been scored on."""
        return [k for k in sorted(self.done) if self.done[k].state == "ok"]

    def record(self, answer: FitDone) -> None:
        """Take a fold's answer; a fold that failed or came late ends the trial."""
        assert answer.fold is not None
        self.done[answer.fold] = answer
        if self.ending:
            self.end_as(self.ending)
        if self.state:
            return
        if answer.state == "late":
            self.state, self.why = "unfinished", answer.why
        elif answer.state != "ok":
            self.state, self.why = "failed", answer.why
        elif len(self.losses) >= self.folds:
            self.state = "finished"

    def end_as(self, ending: Ending) -> None:
        """End as it did before, once the folds are there that it had been scored on."""
        self.ending = ending
        if len(self.losses) >= ending.folds:
            self.state, self.why = ending.state, ending.why

    def prune(self, incumbent: Entry | None) -> None:
        """Stop when the mean over its folds is worse than the incumbent's worst fold (forgiving early stopping,
        Bergman and others 2024)."""
        if incumbent is None or self.state or not self.losses or self.mean_loss <= max(incumbent.losses):
            return
        self.state, self.why = "pruned", f"after fold {len(self.losses)} of {self.folds}"

    def ordered(self) -> Entry:
        """The same trial with all its folds asked for and none done."""
        return Entry(self.id, self.candidate, self.folds, asked=set(range(self.folds)))

    def shorten(self, folds: int) -> None:
        """From now on this many folds are enough."""
        self.folds = folds
        if not self.state and len(self.losses) >= folds:
            self.state = "finished"

    def trial(self, learners: dict[str, type[Any]]) -> Trial:
        card = learners[self.candidate.learner].card
        scored = [self.done[k] for k in self.scored]
        return Trial(
            id=self.id,
            learner=self.candidate.learner,
            title=f"{card.title}, taught" if self.candidate.augment == TAUGHT else card.title,
            view=self.candidate.view,
            settings=self.candidate.settings,
            state=self.state or "unfinished",
            scores=tuple(d.score for d in scored if d.score is not None),
            losses=tuple(self.losses),
            train_scores=tuple(d.train_score for d in scored if d.train_score is not None),
            seconds=self.seconds,
            rounds=tuple(d.rounds for d in scored if d.rounds is not None),
            why=self.why,
            bytes=self.bytes,
            because=self.candidate.because,
            parent=self.candidate.parent,
            augment=self.candidate.augment,
            measures=_means([answer.measures for answer in scored]),
            overhead=self.overhead,
        )


def best_first(entries: Iterable[Entry]) -> list[Entry]:
    """The finished ones, the lowest loss first."""
    return sorted((e for e in entries if e.state == "finished"), key=lambda e: (e.mean_loss, e.id))


def _means(measures: list[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([each[name] for each in measures])) for name in (measures[0] if measures else {})}
