"""What a part promises. Learners and steps are values: `fit` returns a new, fitted thing and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, cast

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value
from ninefold.core.table import Array
from ninefold_runtime.schema import Task

if TYPE_CHECKING:
    from spox import Var

BaseView = Literal["plain", "encoded", "scaled", "pixels", "tokens", "series", "text"]
"""plain: numbers with NaN and category codes 1..k, for trees. encoded: the same with categories as cross-fitted
target means. scaled: complete, scaled, one-hot. pixels: one image column, uint8. tokens: word numbers of
the text columns, int64, 0 where there is none. series: the series columns, NaN where there is no value.
`Examples.shape` tells how these three lie. text: the texts themselves, for speakers."""

TABLES: tuple[BaseView, ...] = ("plain", "encoded", "scaled")
"""The views whose columns mean something each for itself."""

View = str
"""A base view, or a variant of one that keeps its promise: ``scaled+pca`` is complete and scaled as well, and whoever
takes ``scaled`` can take it."""


def base_of(view: View) -> BaseView:
    """The base view that a view keeps the promise of."""
    return cast("BaseView", view.partition("+")[0])


@dataclass(frozen=True)
class Card:
    """What a learner is for. The checks hold it to ``beats_baseline_on`` and ``fails_on`` (names of worlds)."""

    title: str
    solves: tuple[Task, ...]
    view: BaseView
    idea: str
    inductive_bias: str
    cost: str
    source: str
    """Paper or library."""
    questions: tuple[int, ...]
    family: str
    beats_baseline_on: tuple[str, ...] = ()
    fails_on: tuple[str, ...] = ()
    keeps_rows: bool = False
    """The fitted form contains training rows; such a learner enters a bundle only when the user allows it."""
    noise: bool = False
    """Of clusterers: the last column of memberships, where there are several, is of rows that are in no cluster."""
    seconds: float = 1.0
    """Rough CPU seconds of a fit on 10,000 rows x 20 columns with the first portfolio setting: cheap ones go first."""
    promise: float = 0.3
    """Between 0 and 1: its share of the search's time, next to other learners, until it has shown what it can do."""
    library: str = ""
    """The module that must be importable for the learner to run, where it is not part of the core install."""
    extra: str = ""
    """The extra that brings ``library``: ``pip install 'ninefold[extra]'``."""
    needs: str = ""
    """The wish (a field of the problem, and a setting of the learner) without which it is not tried."""
    mitigates: bool = False
    """It learns under a criterion of fairness, and is tried where one is asked for."""
    tolerance: float = 1e-9
    """Largest accepted difference between graph and Python, in probability or relative to the target's spread."""


@dataclass(frozen=True, eq=False)
class Sensitive:
    """Of each example the group [N] that it belongs to, and the criterion that groups are to meet."""

    groups: Array
    criterion: str

    def take(self, index: Array) -> Sensitive:
        return Sensitive(self.groups[index], self.criterion)


@dataclass(frozen=True)
class Examples:
    """What a learner sees: ``x`` [N, D] in its card's view, float64 unless that says otherwise; ``y`` [N] class codes
    (int64) or values (float64), [N, T] where the task has several targets, NaN where one of mixed ones is not known.

    ``categorical`` are the columns of ``x`` that hold codes 1..k (NaN unseen or missing). ``stop`` are further
    examples to stop growing on; they are never the rows a fold is scored on. Without them a learner grows fully.
    """

    x: Array
    y: Array
    task: Task
    outputs: int
    names: tuple[str, ...]
    categorical: tuple[int, ...] = ()
    stop: Examples | None = None
    levels: tuple[float, ...] = ()
    """The quantiles to predict, for the task quantile; the widths of mixed targets (see `ninefold.core.mixed`)."""
    sensitive: Sensitive | None = None
    """Where fairness is asked for; for learners whose card says that they mitigate."""
    shares: Array | None = None
    """[N, K]: how much of each class a row is, where a teacher says so; ``y`` is then drawn by them, for learners that
    take no shares."""
    shape: tuple[int, ...] = ()
    """What a row of ``x`` reshapes to: (H, W, C) of pixels, (T,) of tokens, (T, C) of series; (D,) or () else."""
    season: int = 1
    """Of forecasts: moments after which the series is expected to come again."""
    place: Path | None = None
    """A folder, which may not exist yet, where a long fit may keep what it needs to go on after a stop."""

    def place_of(self, part: int) -> Path | None:
        """The place for one of several fits in turn."""
        return None if self.place is None else self.place / str(part)


class Form(Protocol):
    """A fitted learner as plain arrays. Predictions are [N, K]: class probabilities, or one column of values."""

    @property
    def rounds(self) -> int | None:
        """How far the growing setting went before it stopped, for learners that have one."""
        ...

    def predict(self, x: Array) -> Array:
        """[N, D] to [N, K] by the library that fitted it: the oracle that the graph is held against."""
        ...

    def graph(self, x: Var) -> Var:
        """The same function as ONNX nodes, float64."""
        ...

    def borders(self) -> Array:
        """[M, D] rows that lie exactly on this form's decision thresholds (M may be 0): the gate tries them."""
        ...


class Learner(Protocol):
    """A part of `ninefold.learners`: a frozen dataclass whose settings are its fields."""

    card: ClassVar[Card]
    portfolio: ClassVar[tuple[dict[str, Value], ...]]
    """Settings worth trying, in order of expected value; the first is cheap and good. What is unsaid is default."""

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        """Learn from ``data``; ends soon after ``clock`` runs out, with what it has by then."""
        ...

    def __hash__(self) -> int: ...


class World(Protocol):
    """A tiny data set whose truth is known; its docstring says it."""

    task: ClassVar[Task]

    def make(self, rows: int, *, rng: np.random.Generator) -> Examples:
        """That many rows in the plain view."""
        ...

    def __hash__(self) -> int: ...


class FittedStep(Protocol):
    """``names`` has one entry per column of the block that ``graph`` makes; ``categorical`` marks columns of codes."""

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def categorical(self) -> tuple[int, ...]: ...

    def graph(self, block: Var) -> Var:
        """[N, k] to [N, len(names)]: the only implementation; training matrices come from it too."""
        ...


@dataclass(frozen=True)
class Block:
    """What a step is fitted on: ``values`` [N, k] float64, object (str), int64 or uint8, with one name per column.
    ``shape`` is what a row of an image or of series reshapes to, (H, W, C) or (T, C); () of all else."""

    values: Array
    names: tuple[str, ...]
    categorical: tuple[int, ...] = ()
    shape: tuple[int, ...] = ()


@dataclass(frozen=True)
class Known:
    """The training target as a step may use it. ``outputs`` is the number of classes, 1 for regression. ``chosen`` are
    the columns that the view has in the first fold, where a fit on all rows is to have what was validated."""

    y: Array
    task: Task
    outputs: int
    chosen: frozenset[str] | None = None


TargetUse = bool | Literal["choice"]
"""False: nothing. ``choice``: which columns it makes or keeps, but none of their values. True: the values."""


class Step(Protocol):
    """A part of `ninefold.prepare.steps` or `ninefold.features.steps`: a block to a block."""

    uses_target: ClassVar[TargetUse]
    """What of the step depends on the target; where its values do, training blocks are made out of fold
    (cross-fitting)."""

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        """Learn from training rows; ``known`` may be looked at only where ``uses_target`` says so."""
        ...


class Metric(Protocol):
    """One number for predictions. ``score`` takes codes or values [N], of several targets [N, T], and predictions
    [N, K]."""

    title: ClassVar[str]
    solves: ClassVar[tuple[Task, ...]]
    higher_is_better: ClassVar[bool]
    needs_labels: ClassVar[bool]
    """Scores decided labels (uses ``labels``), not probabilities."""

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float: ...


@dataclass(frozen=True)
class FitJob:
    """A request to a worker: fit one learner on one part of the training rows.

    ``fold`` is a position in the split plan, or None to fit all training rows. ``seconds`` is what the fit may take.
    """

    trial: int
    learner: str
    settings: dict[str, Value]
    view: View
    fold: int | None
    seconds: float
    seed: int
    rounds: int | None = None
    """Fix the growing setting to this and do not stop early."""
    share: float = 1.0
    """Learn from this share of the fold's training rows (learning curves)."""
    draw: int | None = None
    """Learn from this bootstrap of them, counted from 0 (bias and variance)."""
    augment: str = ""
    """What is done to the rows learned from: smote and mixup add made ones, reweigh draws them anew, taught puts a
    teacher's answers in the place of the truth, or nothing."""


@dataclass(frozen=True)
class FitDone:
    """A worker's answer; arrays are on disk, in the run folder, before it is sent.

    ``state``: ok, failed (the learner raised), late (the time was up before it was fitted), killed (deadline, memory or
    crash), unwritten (the disk did not take what it made, which is not the learner's fault); ``why`` says how.
    """

    trial: int
    fold: int | None
    state: str
    why: str = ""
    seconds: float = 0.0
    """Wall time inside the learner's fit and predict."""
    overhead: float = 0.0
    """Wall time of the job outside of it: fitting the view, scoring, storing."""
    bytes: int = 0
    """Size of the fitted form's arrays: roughly what its graph will weigh."""
    rounds: int | None = None
    score: float | None = None
    """The problem's metric on the fold's validation rows."""
    loss: float | None = None
    """Log-loss or squared error on the same rows."""
    train_score: float | None = None
    """The metric on (a sample of) the rows it was fitted on."""
    difference: float | None = None
    """Largest |graph - Python| over the gate's rows and the form's borders; only where the graph was built."""
    measures: dict[str, float] = field(default_factory=dict)
    """What else was measured on the same rows, by name (see `ninefold.crew.clustering`)."""
    files: dict[str, str] = field(default_factory=dict)
    """Checksums of the files that the fit made, below the run folder (see `ninefold.core.intact`)."""


class Crew(Protocol):
    """Worker processes that fit. Jobs are done in the order given; a worker that dies costs its job alone."""

    @property
    def size(self) -> int: ...

    def submit(self, job: FitJob) -> None: ...

    def wait(self, seconds: float) -> list[FitDone]:
        """The answers that came within ``seconds``; returns at the first.

        Raises:
            OSError: when a worker could not write what it made.
        """
        ...

    def drop(self) -> None:
        """Forget queued jobs and stop the running ones, which get no answer."""
        ...
