"""What a run has told so far: the state behind every display of progress."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ninefold.core.events import Event, Progress, StageFinished, StageStarted, Started, TrialFinished
from ninefold.core.words import column

SPARKS = "▁▂▃▄▅▆▇█"
LAST = 12


@dataclass
class Told:
    """Heard one event after the other; displays read it. ``started`` is ``time.monotonic`` at the process's start."""

    started: float
    source: str
    target: str
    budget: float | None
    seed: int = 0
    work: int | None = None
    run: str | None = None
    folder: str | None = None
    stage: int = 0
    stage_since: float = 0.0
    text: str = ""
    finished: dict[int, StageFinished] = field(default_factory=dict)
    trials: int = 0
    metric: str = ""
    best: float | None = None
    leader: str = ""
    bests: list[float] = field(default_factory=list)
    by_learner: dict[str, float] = field(default_factory=dict)
    stopping: bool = False

    def hear(self, event: Event) -> None:
        if isinstance(event, Started):
            self._begin(event)
        elif isinstance(event, StageStarted):
            self.stage, self.stage_since, self.text = event.number, time.monotonic(), ""
        elif isinstance(event, StageFinished):
            self.finished[event.number] = event
        elif isinstance(event, Progress):
            self.text = event.text
        elif isinstance(event, TrialFinished):
            self._count(event)

    def _begin(self, event: Started) -> None:
        self.run, self.folder = event.run, event.folder
        self.source, self.target = event.source, event.target
        self.budget, self.work, self.seed = event.budget, event.work, event.seed

    def _count(self, event: TrialFinished) -> None:
        self.trials, self.metric = event.trials, event.metric
        if event.best is not None and event.best != self.best:
            self.best, self.leader = event.best, event.learner
        if event.best is not None:
            self.bests.append(event.best)
        if event.score is not None and (event.score == event.best or event.learner not in self.by_learner):
            self.by_learner[event.learner] = event.score

    def stop(self) -> None:
        self.stopping = True

    @property
    def share(self) -> float:
        """How much of the budget is used, 0 to 1: of the seconds, or of the work."""
        if self.work:
            return min(self.trials / self.work, 1.0)
        return min(self.spent / self.budget, 1.0) if self.budget else 0.0

    @property
    def spent(self) -> float:
        return time.monotonic() - self.started

    @property
    def left(self) -> float | None:
        """Seconds of the budget that remain, None where the budget is not one of seconds."""
        return None if self.work or not self.budget else max(self.budget - self.spent, 0.0)

    @property
    def best_text(self) -> str:
        """Score and learner, such as 0.8744 lightgbm; empty before the first."""
        return "" if self.best is None else f"{column([float(self.best)])[0]} {self.leader}"

    @property
    def sparkline(self) -> str:
        """The best score over the last trials, in eighths."""
        recent = self.bests[-LAST:]
        if len(recent) < 3 or recent[0] == recent[-1]:
            return ""
        low, high = min(recent), max(recent)
        return "".join(SPARKS[round((value - low) / (high - low) * 7)] for value in recent)
