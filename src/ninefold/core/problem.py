"""Noun 1: what is asked, and every wish of the user about how."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

from ninefold.core.fairness import ALLOWED
from ninefold.core.parts import Value
from ninefold.core.words import seconds_in
from ninefold_runtime.schema import UNTARGETED, Column, Folding, Kind, Task, answers_of

NOISE = "noise"
"""What rows are labelled that are in no cluster."""
DETECTED = ("normal", "anomaly")
"""The labels of rows where anomalies are looked for."""
Stake = tuple[tuple[float, ...], ...] | dict[str, dict[str, float]]
"""What each decision costs or gains, [true][predicted], in the order of the classes or by their names."""
_SOUGHT = {"anomaly": "anomalies", "language-model": "a language model"}
_SAID = {"anomaly": "anomaly", "language-model": "bits per character"}
CONTAMINATION = 0.02
"""Share of the rows that are called anomalies where nothing is said."""
LOSS = 0.005
"""Of the lead over the baseline: of 0.98 of rows right where the baseline has 0.11, at most 0.004."""


@dataclass(frozen=True)
class Budget:
    """Either wall-clock seconds for the whole command, or an amount of work (learner fits) that is reproducible."""

    seconds: float | None = 60.0
    work: int | None = None

    @classmethod
    def of(cls, time: str | float, work: int | None) -> Budget:
        """As users say it, ``"60s"``, ``"5m"`` or seconds; ``work`` wins where it is given.

        Raises:
            WishError: when the text is no length of time.
        """
        if work is not None:
            return cls(None, work)
        return cls(seconds_in(time) if isinstance(time, str) else float(time))


@dataclass(frozen=True)
class Limits:
    """What the graph may weigh, and what one answer may take on the machine that trains; None is no limit."""

    bytes: int | None = None
    microseconds: float | None = None
    int8: bool = False
    """Networks are of numbers of 8 bits where that costs no more than ``loss``; else where the other limits are only
    kept so."""
    loss: float = LOSS
    """The share of the model's lead over the baseline that it may cost."""

    @property
    def tries_int8(self) -> bool:
        return self.int8 or self.bytes is not None or self.microseconds is not None


@dataclass(frozen=True)
class Teaching:
    """How a student learns what a teacher says, whose graph lies in the run folder (`ninefold.core.workshop`)."""

    teacher: str
    """The run or the bundle that it comes from, by name."""
    mix: float
    """What the teacher's answers count for on the true rows, beside the truth."""
    temperature: float = 1.0
    """Probabilities are made softer by it before they are learned (Hinton, Vinyals and Dean 2015); 1 leaves them."""
    rows: int | None = None
    """Made rows that the teacher is asked about; where nothing is said none, or three for each true one where the
    teacher's answers out of fold are not known."""
    rival: dict[str, Value] = field(default_factory=dict)
    """Settings of the LightGBM that learns the truth alone, to compare with."""


@dataclass(frozen=True)
class Wishes:
    """What the user said, unchecked; None or empty where nothing was said. Stage 1 turns wishes into a `Problem`."""

    target: str | tuple[str, ...] | None = None
    """A column's name, or several of them; None asks for clusters, or for what ``task`` names."""
    task: str | None = None
    metric: str | None = None
    budget: Budget = field(default_factory=Budget)
    seed: int = 0
    validation: str | None = None
    """kfold, stratified, repeated, group or time."""
    folds: int | None = None
    repeats: int | None = None
    group: str | None = None
    time: str | None = None
    """Of rows: learn from the past; with ``series``: the order of the moments of each."""
    series: str | None = None
    """The column that says to which series a row, which is then a moment, belongs."""
    window: int | None = None
    """Cut series into windows of so many moments."""
    step: int | None = None
    """Moments from the start of one window to that of the next; ``window`` where nothing is said."""
    forecast: int | None = None
    """Predict so many next values of the target."""
    season: int | None = None
    """Moments after which it comes again; read off the times where nothing is said."""
    holdout: float | None = None
    """Share of rows to seal; where nothing is said 0.2 of a small table, less of a larger one."""
    positive: str | None = None
    costs: Stake = ()
    """costs[true class][predicted class], in the order of `Problem.classes`, or by their names."""
    gains: Stake = ()
    """The same of gains; one of the two can be given."""
    sensitive: tuple[str, ...] = ()
    """Columns whose groups are compared, also those that ``drop`` keeps away from learning."""
    fair: str | None = None
    """Mitigate for the first sensitive column: demographic-parity, equal-opportunity or equalised-odds."""
    fair_gap: float | None = None
    """The difference between groups that may stay; else 0.05."""
    kinds: dict[str, Kind] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    """Columns to keep although an audit would leave them out."""
    drop: tuple[str, ...] = ()
    learners: tuple[str, ...] = ()
    """Only these; all where empty."""
    missing: str | None = None
    """How missing numbers are filled for learners that cannot take them: mean, median, mode, predicted, iterative or
    neighbours."""
    scale: str | None = None
    """standard, minmax or robust."""
    allow_rows: bool = False
    """Let learners that keep training rows (nearest neighbours) into the bundle."""
    limits: Limits = field(default_factory=Limits)
    quantiles: tuple[float, ...] = ()
    """Levels between 0 and 1 to predict, for the task quantile."""
    order: tuple[str, ...] = ()
    """Classes from low to high, for the task ordinal."""
    truth: str | None = None
    """Without a target: a column with the true groups, which nothing learns from and evaluation compares with."""
    clusters: int | None = None
    """How many clusters to make; chosen where nothing is said."""
    contamination: float | None = None
    """Share of rows to call anomalies."""
    backbone: str = ""
    """A trained network of images to go on from: a path, an address or a name at a hub."""
    image_size: int | None = None
    """Pixels of the longer side that images are brought to; else that of most of them, up to 64."""
    context: str | None = None
    """Of questions: the column with the passages that have the answers, which are the target."""
    documents: str | None = None
    """A file, a folder or a table to be searched where a question comes without a passage. It goes into the bundle."""
    teaching: Teaching | None = None
    """Learn what another model says: a small student of it."""

    @property
    def targets(self) -> tuple[str, ...]:
        """The columns to predict; none where nothing was said."""
        if isinstance(self.target, str):
            return (self.target,)
        return self.target or ()

    @property
    def asked(self) -> str:
        """The target as it is shown: its name, or the names in a row; empty where there is none."""
        return ", ".join(self.targets)

    @property
    def sought(self) -> str:
        """What the run is after: the target as it is shown, clusters, or anomalies."""
        return self.asked or _sought_by(self.task)


@dataclass(frozen=True)
class Counted:
    """The values of one of several targets; the fields are those of `Peek`."""

    target_counts: dict[str, int]
    target_distinct: int
    target_missing: int
    target_numbers: tuple[float, ...]


@dataclass(frozen=True)
class Peek:
    """A first look at a source: its columns with inferred kinds, and the target's values counted, or the truth's."""

    source: str
    digest: str
    rows: int
    columns: tuple[Column, ...]
    refused: dict[str, str] = field(default_factory=dict)
    """Columns that cannot be read as any kind, with the reason."""
    target_counts: dict[str, int] = field(default_factory=dict)
    """The target's values as text with their counts, most frequent first, at most 1,000 of them."""
    target_distinct: int = 0
    target_missing: int = 0
    target_numbers: tuple[float, ...] = ()
    """For a numeric target: minimum, quartiles, maximum."""
    folding: Folding | None = None
    """How the rows came out of a table with a row for each moment."""
    within: dict[str, float] = field(default_factory=dict)
    """By column of longer texts, the share of the target's values that are pieces of the text in the same row."""
    several: dict[str, Counted] = field(default_factory=dict)
    """Where there are several targets, the values of each; the fields above are then those of the first."""

    def at(self, target: str) -> Peek:
        """The same look with one of several targets as the only one."""
        counted = self.several[target]
        return replace(self, several={}, **{f.name: getattr(counted, f.name) for f in fields(counted)})


@dataclass(frozen=True)
class Validation:
    """How out-of-fold predictions are made; one plan serves every learner."""

    scheme: str
    folds: int
    repeats: int = 1
    why: str = ""
    gap: float = 0.0
    """Between the moments of the last rows learned from and the first ones scored, in the unit of the times: what rows
    look ahead."""
    shorten: bool = False
    """Trials may be scored on fewer folds where fits are slow for the budget; the folds were not asked for."""


@dataclass(frozen=True)
class Problem:
    """Checked wishes: everything later stages may ask about the task."""

    source: str
    target: str
    """The column to predict; of several, their names in a row. Empty where the task has none: the target of every
    training row is then 0."""
    task: Task
    task_why: str
    classes: tuple[str, ...]
    """Class labels, sorted, the positive one last; the order of every probability column. Empty for regression."""
    positive: str | None
    metric: str
    metric_why: str
    validation: Validation
    budget: Budget
    seed: int
    holdout: float
    group: str | None = None
    time: str | None = None
    costs: tuple[tuple[float, ...], ...] = ()
    """costs[true][predicted], where they were given."""
    gains: bool = False
    """They were given as gains: ``costs`` are those with the sign turned."""
    sensitive: tuple[str, ...] = ()
    kinds: dict[str, Kind] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    learners: tuple[str, ...] = ()
    missing: str = "median"
    scale: str = "standard"
    allow_rows: bool = False
    limits: Limits = field(default_factory=Limits)
    notes: tuple[str, ...] = ()
    """What was understood and might surprise ("a number with two values is treated as yes/no")."""
    counts: tuple[int, ...] = ()
    """Rows per class of the whole source, in the order of ``classes``."""
    target_numbers: tuple[float, ...] = ()
    """For regression: minimum, quartiles, maximum of the target over the whole source."""
    several: tuple[str, ...] = ()
    """The columns of a multilabel, multioutput or multitask problem, in the order of every prediction's columns."""
    labels: tuple[tuple[str, str], ...] = ()
    """Of each column of a multilabel problem, what stands for no (0) and for yes (1)."""
    choices: tuple[tuple[str, ...], ...] = ()
    """Of each column of a multitask problem its classes, none of a number: as many columns of every prediction."""
    quantiles: tuple[float, ...] = ()
    """Levels to predict, rising, in the order of every prediction's columns."""
    truth: str | None = None
    """Without a target: the column with the true groups."""
    truths: tuple[str, ...] = ()
    """Its values, sorted; of anomalies the most frequent one first, which is normal, all others being anomalies. The
    target of a sealed row is its value's position here, -1 where it has none."""
    clusters: int | None = None
    """How many clusters are wished for."""
    contamination: float = CONTAMINATION
    """Share of the training rows that would be called anomalies."""
    image_size: int | None = None
    """As it was wished."""
    context: str = ""
    """Of questions: the column with the passages."""
    documents: str = ""
    """What is searched where a question comes without a passage, as it was wished."""
    fair: str | None = None
    """The criterion that a model must come close to, in the groups of the first sensitive column."""
    fair_gap: float = ALLOWED
    teaching: Teaching | None = None
    """Of a student's run, how it is taught."""
    backbone: str = ""
    """Where the trained network lies that learners may go on from."""
    folding: Folding | None = None
    """How rows are made of a table with a row for each moment."""

    @property
    def moments(self) -> Wishes:
        """What is wished of a table with a row for each moment."""
        if self.folding is None:
            return Wishes()
        told = self.folding
        time = None if told.time is None else told.time.name
        return Wishes(
            target=told.target or self.targets,
            kinds=self.kinds,
            series=told.series or None,
            time=time,
            window=told.window or None,
            step=told.step or None,
            forecast=told.horizon or None,
            season=told.season,
        )

    @property
    def together(self) -> str | None:
        """The column whose equal values keep rows together: the group, or the passage that questions are about."""
        return self.group or self.context or None

    @property
    def targets(self) -> tuple[str, ...]:
        """The columns to predict; none where the task has no target."""
        return () if self.untargeted else self.several or (self.target,)

    @property
    def untargeted(self) -> bool:
        return self.task in UNTARGETED

    @property
    def sought(self) -> str:
        """What the run is after: the target as it is shown, clusters, or anomalies."""
        return self.target or _sought_by(self.task)

    @property
    def only_judged(self) -> tuple[str, ...]:
        """Sensitive columns that nothing may learn from: they stay with the rows for groups to be compared."""
        away = {*self.drop, self.group, self.time, self.truth} - {*self.keep}
        return tuple(name for name in self.sensitive if name in away)

    @property
    def one_of_them(self) -> str:
        """What a task without a target says of a row."""
        return _SAID.get(self.task, "cluster")

    @property
    def outputs(self) -> int:
        """Columns of a prediction matrix: the classes, the targets, the quantiles, or 1."""
        return len(self.classes or answers_of(self.several, self.choices) or self.several or self.quantiles) or 1

    @property
    def levels(self) -> tuple[float, ...]:
        """What losses must know of a prediction's columns: the quantiles, or the widths of mixed targets."""
        return self.quantiles or tuple(float(len(classes) or 1) for classes in self.choices)


def _sought_by(task: str | None) -> str:
    """What a task without a target is after, in a word; clusters where no task is named."""
    return _SOUGHT.get(task or "", "clusters")
