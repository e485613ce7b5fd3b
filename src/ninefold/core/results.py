"""Nouns 5 to 9: leaderboard, model, evaluation, bundle, watch."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ninefold.core.behaviour import Behaviour
from ninefold.core.closer import Closer
from ninefold.core.explained import Explained
from ninefold.core.fairness import Fairness, Front, GroupThresholds
from ninefold.core.forecasts import Forecasts
from ninefold.core.inside import Inside
from ninefold.core.mistakes import Mistakes
from ninefold.core.parts import Value
from ninefold.core.protocols import View
from ninefold.core.section import Finding
from ninefold.core.sharing import Sharing
from ninefold.core.stakes import Stakes
from ninefold_runtime.schema import Task

MOST_BYTES = 40_000_000
"""Trials whose fitted arrays weigh more stay out of the graph: it would be slow to build, to send and to load."""


@dataclass(frozen=True)
class Trial:
    """One learner with one setting, and how it did on the folds it was given.

    ``state``: finished (all folds), pruned (stopped after a fold), failed, unfinished (the deadline came first).
    """

    id: int
    learner: str
    title: str
    view: View
    settings: dict[str, Value]
    state: str
    scores: tuple[float, ...] = ()
    losses: tuple[float, ...] = ()
    train_scores: tuple[float, ...] = ()
    seconds: float = 0.0
    rounds: tuple[int, ...] = ()
    why: str = ""
    bytes: int = 0
    """Size of the largest fold's fitted form."""
    because: str = ""
    """Code of the finding that led the search to try it."""
    parent: int | None = None
    """The trial that it varies in answer to that finding."""
    augment: str = ""
    """How rows were made to learn from beside the true ones (smote, mixup, taught), or drawn anew (reweigh); else
    nothing. What is taught is so in the fit on all rows alone."""
    measures: dict[str, float] = field(default_factory=dict)
    """Means over the folds of what else was measured, by name."""
    overhead: float = 0.0
    """Seconds at most that a fold's job took beside the fit: who comes first makes the view."""

    @property
    def score(self) -> float | None:
        """Mean over the folds it was given, in the metric's own direction."""
        return sum(self.scores) / len(self.scores) if self.scores else None

    @property
    def loss(self) -> float | None:
        """Mean log-loss or squared error over the same folds."""
        return sum(self.losses) / len(self.losses) if self.losses else None


@dataclass(frozen=True)
class Geometry:
    """How the training rows lie in their numeric columns (each scaled to unit variance), on a sample of them."""

    rows: int
    """Training rows, all of them."""
    columns: int
    """Columns of every kind."""
    numbers: int
    """Numeric columns that vary."""
    dimension: float | None = None
    """Intrinsic dimension of the numeric columns, where there are enough of them and of different rows."""
    contrast: float | None = None
    """Relative contrast of distances: towards 0, near and far rows are equally far."""


@dataclass(frozen=True)
class Combination:
    """A way to make one prediction of several trials', and what it was worth on rows that it was not fitted on."""

    kind: str
    """voting (equal weights), weights (found greedily), stacking (a second layer)."""
    trials: tuple[int, ...]
    score: float
    loss: float


@dataclass(frozen=True)
class Leaderboard:
    """Noun 5. ``weights``: trial id to weight, summing to 1; ``ensemble_scores`` are its scores on the folds."""

    metric: str
    higher_is_better: bool
    trials: tuple[Trial, ...]
    baseline: int
    """Trial id of the baseline."""
    weights: dict[int, float]
    ensemble_scores: tuple[float, ...]
    predictions: Path
    """Folder of out-of-fold predictions, one ``<trial>.npy`` [N, K] per finished trial, NaN where never validated."""
    why_stopped: str = ""
    geometry: Geometry | None = None
    combinations: tuple[Combination, ...] = ()
    stacked: bool = False
    """The members are combined by a second layer, as an honest test said that it pays; else by ``weights``."""
    why_chosen: str = ""
    """Of clusterings: why this one, and this number of clusters."""
    front: Front | None = None
    """Where fairness is asked for: the ways to decide, and the one that ``weights`` are of."""

    spoken: bool = False
    """Speakers were tried, and the best is kept as it was judged."""

    @property
    def ensemble_score(self) -> float:
        return sum(self.ensemble_scores) / len(self.ensemble_scores)

    def trial(self, number: int) -> Trial:
        return next(trial for trial in self.trials if trial.id == number)


@dataclass(frozen=True)
class Member:
    """One fitted trial inside the graph. ``difference``: largest |graph - Python| over its gate rows."""

    trial: int
    learner: str
    title: str
    weight: float
    rounds: int | None
    difference: float
    keeps_rows: bool = False
    """The graph holds training rows as they are."""


@dataclass(frozen=True)
class Calibration:
    """Temperature scaling of the blended probabilities, learned on out-of-fold predictions.

    The losses are log-losses in nats; that after is of rows on which the temperature was not learned.
    """

    kind: str
    """none, temperature."""
    parameters: tuple[float, ...] = ()
    """The temperature, where there is one."""
    loss_before: float | None = None
    loss_after: float | None = None


@dataclass(frozen=True)
class Parity:
    """The proof that the graph equals the fitted Python, on this many training and fuzzed rows."""

    training_rows: int
    fuzzed_rows: int
    largest_difference: float
    labels_equal: bool
    tolerance: float


@dataclass(frozen=True)
class Quantised:
    """The graph with numbers of 8 bits of a ``kind`` (`ninefold.core.workshop.INT8`). ``loss``: the share of the lead
    over the baseline that it costs, out of fold or on training rows, whichever is more."""

    kind: str
    bytes: int
    microseconds: float
    loss: float
    ships: bool = False
    why: str = ""
    """Why it does not ship, where it could not."""

    @property
    def title(self) -> str:
        return self.kind.replace("-", " ")

    @property
    def cost(self) -> str:
        return f"{self.title}, at {self.loss:.2%} of the lead over the baseline"


@dataclass(frozen=True)
class Rival:
    """A graph on one line with others: a student, its teacher, what had no teacher, and what has numbers of 8 bits.
    ``validation``: the metric out of fold, where that is known; ``sealed``: on the sealed rows, once they are open."""

    name: str
    graph: Path
    bytes: int
    microseconds: float
    validation: float | None = None
    sealed: float | None = None
    ships: bool = False


@dataclass(frozen=True)
class Model:
    """Noun 6: the one graph and its proof."""

    graph: Path
    digest: str
    bytes: int
    members: tuple[Member, ...]
    calibration: Calibration
    threshold: float | None
    threshold_why: str
    parity: Parity
    refused: dict[str, str] = field(default_factory=dict)
    """Learners left out of the graph, with the reason."""
    columns: tuple[str, ...] = ()
    """Raw columns the graph takes, in its order."""
    classes: tuple[str, ...] = ()
    """Labels the graph gives, in the order of its probability columns: the problem's classes, or clusters."""
    microseconds: float | None = None
    """Median of one bare call of the graph with one row."""
    out_of_fold: Path | None = None
    """``.npy`` [N, K]: calibrated out-of-fold predictions of the training rows, NaN where never validated."""
    conformal: Path | None = None
    """What intervals or sets are made from (`ninefold_runtime.conformal`), where they can be promised."""
    thresholds: dict[str, float] = field(default_factory=dict)
    """Of a multilabel problem, the probability from which each target is labelled yes."""
    contributions: Path | None = None
    """A second graph, which splits what the first says by raw column, where members can tell and it is small enough."""
    explained: float = 0.0
    """The share of the members' weight that it tells of."""
    maps: Path | None = None
    """A graph of what each place of an image gives to each output, where a member is a network that tells it."""
    networks: tuple[Path, ...] = ()
    """That network as files, for others to go on from."""
    background: Path | None = None
    """``background.json``: made-up rows that stand for the training rows in explanations."""
    rivals: tuple[Rival, ...] = ()
    """Of a student: teacher, student, and what learned the truth alone; of what was tried with numbers of 8 bits those
    as well: to be compared on the sealed rows."""
    quantised: tuple[Quantised, ...] = ()
    """What was tried with numbers of 8 bits; ``parity`` is then that of the graph without them."""
    spoken: Path | None = None
    """Folder of a speaker: all files of its bundle that say how it speaks, ``graph`` among them."""
    group_thresholds: GroupThresholds | None = None
    """Where groups have thresholds of their own; ``threshold`` is then for rows of no known group."""

    @property
    def int8(self) -> Quantised | None:
        """What ships, where it has numbers of 8 bits."""
        return next((each for each in self.quantised if each.ships), None)


@dataclass(frozen=True)
class Score:
    """A metric on sealed rows with its 95 % bootstrap interval."""

    metric: str
    title: str
    value: float
    low: float
    high: float
    higher_is_better: bool
    baseline: float | None = None


@dataclass(frozen=True)
class Coverage:
    """The share of sealed values at or below the quantile of this ``level``, with its 95 % interval."""

    level: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True)
class TargetScore:
    """One of several targets, scored alone on the sealed rows."""

    target: str
    score: Score


@dataclass(frozen=True)
class Slice:
    """The headline metric on the sealed rows where ``column`` has ``value`` (a level, or a range in words)."""

    column: str
    value: str
    rows: int
    score: float
    low: float
    high: float


@dataclass(frozen=True)
class Importance:
    """How much the headline metric worsens when a raw column is shuffled: mean over repeats, and its interval."""

    column: str
    drop: float
    low: float
    high: float


@dataclass(frozen=True)
class CalibrationBin:
    """Sealed rows whose predicted probability of their top (binary: positive) class lies in one equal-mass bin.

    ``low`` and ``high``: the 95 % interval of the share ``observed``.
    """

    predicted: float
    observed: float
    rows: int
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True)
class Curve:
    """A curve on sealed rows as points (ROC, precision-recall, residuals), at most 200."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class FitCurve:
    """A trial's learner along one axis: ``rows`` to learn from, or one of its settings, all else being equal.

    ``train`` and ``validation`` have one entry per point of ``x``, each the scores on the same folds in order.
    """

    trial: int
    title: str
    axis: str
    x: tuple[float, ...]
    train: tuple[tuple[float, ...], ...]
    validation: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Decomposition:
    """A mean loss over bootstrap rounds and its parts; ``loss_kind``: 0-1 or squared. Where ``noise`` is not known it
    is 0 and counted as bias."""

    loss_kind: str
    loss: float
    bias: float
    variance: float
    noise: float = 0.0
    rounds: int = 0
    title: str = ""
    """The learner that was decomposed."""


@dataclass(frozen=True)
class Verdict:
    """Over- or underfitting, from the members' training, validation and sealed scores and the baseline's."""

    kind: str
    """good, overfit, underfit, unclear."""
    sentence: str
    train: float | None
    validation: float
    sealed: float
    baseline: float


@dataclass(frozen=True)
class Cluster:
    """One cluster among the training rows; ``profile`` says in words what is unusual about its rows."""

    name: str
    rows: int
    share: float
    profile: str


@dataclass(frozen=True)
class Map:
    """Rows in two dimensions, to be looked at and nothing else: ``codes`` are positions of clusters."""

    name: str
    note: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    codes: tuple[int, ...]


@dataclass(frozen=True)
class Starts:
    """k-means from many single starts with the same number of clusters: how much depends on where it begins.

    ``inertias`` are mean squared distances to the nearest mean; the agreements are adjusted Rand indices of pairs.
    """

    inertias: tuple[float, ...]
    agreement: float
    least_agreement: float


@dataclass(frozen=True)
class Clusters:
    """What there is to say of clusters beyond their scores. ``truth``: rows as [true group, cluster] of sealed rows."""

    profiles: tuple[Cluster, ...]
    maps: tuple[Map, ...]
    starts: Starts | None
    stability: float | None
    """Mean agreement of the fits on different folds about the same rows (adjusted Rand index)."""
    differs: float
    """Share of training rows that the library itself put elsewhere than the rule for new rows does."""
    scored: int
    """Sealed rows that were scored."""
    truths: tuple[str, ...] = ()
    truth: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Anomaly:
    """A sealed row; ``rank`` is 1 for the most unusual one; ``reasons`` say in words what is unusual about it."""

    rank: int
    score: float
    reasons: str


@dataclass(frozen=True)
class Anomalies:
    """What there is to say of anomalies beyond scores: the most unusual sealed rows, and how scores are spread."""

    top: tuple[Anomaly, ...]
    shares: tuple[float, ...]
    """Share of the sealed rows by score, in equal bins from 0 to 1."""
    labelled: float
    """Share of the sealed rows that the graph calls anomalies."""
    threshold: float
    expected: float
    """The share that was to be called so."""
    stability: float
    """Rank correlation of the training rows' scores by the graph, which has seen them, and out of fold."""


@dataclass(frozen=True)
class Example:
    """A sealed source, its reference, what the graph makes of it, what the baseline does, and how sure it is."""

    source: str
    reference: str
    said: str
    baseline: str
    score: float


@dataclass(frozen=True)
class Attention:
    """How much each token of an answer, ``said``, looked at each of the source; a row of ``weights`` for each of the
    answer's."""

    source: tuple[str, ...]
    said: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class OtherSpeaker:
    """Another speaker's score on the same sealed rows."""

    title: str
    score: float


@dataclass(frozen=True)
class Heard:
    """What there is to say of a speaker beyond its scores. ``samples`` are texts of a language model's own."""

    examples: tuple[Example, ...] = ()
    attention: tuple[Attention, ...] = ()
    rivals: tuple[OtherSpeaker, ...] = ()
    by_length: tuple[tuple[str, int, float], ...] = ()
    """Parts of the sealed rows by the length of their source: name, rows, score."""
    samples: tuple[str, ...] = ()
    nats: float | None = None
    """Of a language model: mean surprise by a token."""
    recall: tuple[tuple[int, float], ...] = ()
    """Of questions: for so many passages that are searched for, the share of questions of which one has the answer."""
    searched: int = 0
    """Passages that they are searched among."""
    found: tuple[tuple[str, float], ...] = ()
    """Scores, by title, where the passage has to be found first."""
    kinds: tuple[tuple[str, int, float], ...] = ()
    """Questions with and without an answer: name, rows, score."""


@dataclass(frozen=True)
class Evaluation:
    """Noun 7: what the graph is worth on rows nobody has seen. ``headline`` is the problem's metric."""

    headline: Score
    scores: tuple[Score, ...]
    """Every metric of the task that the sealed rows define, the headline first."""
    rows: int
    verdict: Verdict
    classes: tuple[str, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    """confusion[true][predicted]; empty for regression."""
    calibration: tuple[CalibrationBin, ...] = ()
    calibration_error: float | None = None
    curves: tuple[Curve, ...] = ()
    slices: tuple[Slice, ...] = ()
    importances: tuple[Importance, ...] = ()
    findings: tuple[Finding, ...] = ()
    calibration_interval: tuple[float, float] | None = None
    calibration_chance: float | None = None
    """The calibration error that perfectly calibrated probabilities stay under on 95 % of such samples."""
    resamples: int = 0
    """Bootstrap resamples behind the intervals of ``scores``."""
    openings: int = 1
    """How often the sealed rows had been looked at when this was measured, this time included."""
    fit_curves: tuple[FitCurve, ...] = ()
    """Learning curve and validation curve of the best single learner, where time allowed."""
    decomposition: Decomposition | None = None
    """Its bias and variance, where time allowed."""
    clusters: Clusters | None = None
    """Where clusters are looked for."""
    anomalies: Anomalies | None = None
    """Where anomalies are looked for."""
    answers: Path | None = None
    """``.npy`` [N, K]: what the graph said of the sealed rows, in no order of theirs."""
    decided: Path | None = None
    """``.npy`` [N]: the codes of the labels that it gave them, of classes alone."""
    importance_metric: str = ""
    """The metric whose worsening ``importances`` measure: the headline's, or log-loss where that moves in steps."""
    task: Task = "regression"
    targets: tuple[TargetScore, ...] = ()
    """Of several targets, the scores of each."""
    coverage: tuple[Coverage, ...] = ()
    """Of quantiles, whether they hold what they promise."""
    behaviour: Behaviour | None = None
    """What moves the answers, and how far they can be trusted."""
    explained: Explained | None = None
    """Shapley values over sealed rows, where time allowed."""
    mistakes: Mistakes | None = None
    """The rows with the largest loss and what they have in common; None where nothing is predicted."""
    stakes: Stakes | None = None
    """What decisions cost or gain, where the user said what each does."""
    fairness: Fairness | None = None
    """Where sensitive columns are named."""
    inside: Inside | None = None
    """Where networks were tried: how they learned, and the layers of the one that weighs most."""
    embeddings: tuple[Map, ...] = ()
    """Sealed rows as the last layer of that network sees them; ``codes`` are positions in ``inside.groups``."""
    closer: Closer | None = None
    """Of images, texts and series, the worst rows one by one, and what a network makes of them."""
    sharing: Sharing | None = None
    """Of several targets, where a learner was tried with one network for all and with one for each."""
    forecasts: Forecasts | None = None
    """Of forecasts, the backtests beside those of simple methods."""
    rivals: tuple[Rival, ...] = ()
    """Those of the model, on the sealed rows."""
    heard: Heard | None = None
    """What a speaker says, where texts are learned from."""


@dataclass(frozen=True)
class Bundle:
    """Noun 8: the folder that ships. ``files``: SHA-256 by file name, as in its MANIFEST."""

    folder: Path
    files: dict[str, str]
    bytes: int
    keeps_rows: bool = False
    """Training rows are in the graph, as the user allowed."""


@dataclass(frozen=True)
class Watch:
    """Noun 9: what the monitor in the bundle will look at, and when it will say that the model needs training."""

    columns: int
    rows: int
    """Training rows the reference sketches summarise."""
    detectors: tuple[str, ...]
    false_alarm_rate: float
    retrain_rule: str
    folder: Path | None = None
    """The bundle that has the sketches."""
