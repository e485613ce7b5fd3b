"""What happens in a run, as it happens. Terminal, ``--jsonl`` and the run's log only listen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

TITLES = ("Problem", "Data", "Preparation", "Features", "Models", "Training", "Evaluation", "Deployment", "Monitoring")
"""The nine stages as displays name them."""


@dataclass(frozen=True)
class Started:
    """The first event of a run: its folder is there and can be resumed. ``work`` or ``budget`` (seconds) bounds it."""

    run: str
    folder: str
    source: str
    target: str
    seed: int
    budget: float | None
    work: int | None = None
    type: Literal["started"] = "started"


@dataclass(frozen=True)
class StageStarted:
    """A stage has its turn; ``number`` is 1 to 9, ``name`` its noun's. It may turn out to be written already."""

    number: int
    name: str
    type: Literal["stage_started"] = "stage_started"


@dataclass(frozen=True)
class StageFinished:
    """``sentence`` is the stage's account in one line; ``skipped`` when the chapter was already written."""

    number: int
    name: str
    sentence: str
    seconds: float
    skipped: bool = False
    type: Literal["stage_finished"] = "stage_finished"


@dataclass(frozen=True)
class Progress:
    """Within a stage: what is being done, and how much of it, 0 to 1, where that is known."""

    number: int
    text: str
    done: float | None = None
    type: Literal["progress"] = "progress"


@dataclass(frozen=True)
class TrialFinished:
    """A trial ended. ``score`` is the mean over its folds in the metric's own direction; None when it has none."""

    trial: int
    learner: str
    state: str
    score: float | None
    best: float | None
    metric: str
    trials: int
    """How many have ended, this one included."""
    seconds: float = 0.0
    """Since the run began."""
    type: Literal["trial_finished"] = "trial_finished"


@dataclass(frozen=True)
class Done:
    """The last event of a run that ended well; ``seconds`` are those of its clock."""

    run: str
    seconds: float
    type: Literal["done"] = "done"


Event = Started | StageStarted | StageFinished | Progress | TrialFinished | Done
Tell = Callable[[Event], None]
