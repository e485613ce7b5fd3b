"""How groups of people fare: what is measured for each, how far apart they are, and what can be done about it.

Demographic parity asks that groups are decided positive equally often, equal opportunity that their true positives
are found equally often, equalised odds that their false positives are as well (Hardt, Price and Srebro 2016).
"""

from __future__ import annotations

from dataclasses import dataclass

CRITERIA: dict[str, tuple[str, ...]] = {
    "demographic-parity": ("selection",),
    "equal-opportunity": ("true positives",),
    "equalised-odds": ("true positives", "false positives"),
}
"""The rates that a criterion wants equal in all groups, by its name."""
FEWEST = 30
"""Rows from which on a group, or a rate within it, is judged; those of fewer are shown alone."""
ALLOWED = 0.05
"""Difference between groups that a mitigated model may keep where nothing is said."""
REWEIGHED = "reweigh"
"""How the training rows of a trial are augmented whose classes are to be equally frequent in all groups."""


@dataclass(frozen=True)
class Rate:
    """One measure of one group with its 95 % interval, over ``rows`` of it.

    ``part``: the class or target that it speaks of, where there are several.
    """

    measure: str
    part: str
    value: float
    low: float
    high: float
    rows: int


@dataclass(frozen=True)
class Group:
    """Rows that share a value, or a band of values. ``curve``: (probability given, share that came true) by bin."""

    name: str
    rows: int
    rates: tuple[Rate, ...]
    curve: tuple[tuple[float, float], ...] = ()

    @property
    def judged(self) -> bool:
        return self.rows >= FEWEST

    def rate(self, measure: str, part: str = "") -> Rate | None:
        """The rate by its measure and part; None where none of the group's rows defines it."""
        return next((rate for rate in self.rates if (rate.measure, rate.part) == (measure, part)), None)


@dataclass(frozen=True)
class Gap:
    """The largest difference between two judged groups in one measure, and the ratio of the two, smaller to larger.

    ``chance``: the difference that equal groups of these sizes stay under, in all measures and columns at once, on
    95 % of such samples. ``ratio`` is None for measures that can be negative.
    """

    measure: str
    part: str
    highest: str
    lowest: str
    difference: float
    low: float
    high: float
    chance: float
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None

    @property
    def beyond_chance(self) -> bool:
        return self.difference > self.chance


@dataclass(frozen=True)
class Compared:
    """The groups of one sensitive column, or of two crossed, and how far apart they are."""

    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    gaps: tuple[Gap, ...]

    @property
    def name(self) -> str:
        return " × ".join(self.columns)

    def widest(self, measures: tuple[str, ...]) -> Gap | None:
        """The largest gap among some measures, over all parts."""
        return max((gap for gap in self.gaps if gap.measure in measures), key=lambda gap: gap.difference, default=None)

    def smallest_ratio(self, measures: tuple[str, ...]) -> float | None:
        """The smallest ratio among them."""
        return min((g.ratio for g in self.gaps if g.measure in measures and g.ratio is not None), default=None)


@dataclass(frozen=True)
class Choice:
    """A way to decide: which trials speak, and whether each group has a threshold of its own.

    ``slack``: how far groups may be apart where they have thresholds of their own, None where all share one.
    ``score`` and ``gaps`` (by criterion) are of out-of-fold predictions that no threshold was learned on.
    """

    title: str
    kind: str
    """ensemble, reweighing, constraint, mixture, thresholds."""
    weights: dict[int, float]
    slack: float | None
    stacked: bool
    score: float
    gaps: dict[str, float]


@dataclass(frozen=True)
class Front:
    """What mitigation costs: ways to decide, score against unfairness, and the one taken.

    ``column`` is the sensitive column that is mitigated for, ``allowed`` the difference in ``criterion`` that may stay.
    """

    criterion: str
    column: str
    allowed: float
    metric: str
    """Title of what ``score`` is."""
    higher_is_better: bool
    choices: tuple[Choice, ...]
    chosen: int
    notes: tuple[str, ...] = ()

    def gap(self, choice: Choice) -> float:
        return choice.gaps[self.criterion]

    def is_efficient(self, choice: Choice) -> bool:
        """Whether no other way is fairer and better at once (Pareto)."""
        return not any(self._beats(other, choice) for other in self.choices)

    def _beats(self, one: Choice, other: Choice) -> bool:
        sign = 1 if self.higher_is_better else -1
        gains = sign * (one.score - other.score), self.gap(other) - self.gap(one)
        return min(gains) >= 0 and max(gains) > 0


@dataclass(frozen=True)
class GroupThresholds:
    """Thresholds of the positive class by group of ``column``; rows of no known group have the plain one."""

    column: str
    criterion: str
    slack: float
    thresholds: dict[str, float]
    plain: float


@dataclass(frozen=True)
class Fairness:
    """How the sealed rows' groups fare. ``skipped``: sensitive columns that make no groups, with the reason."""

    compared: tuple[Compared, ...]
    skipped: dict[str, str]
    front: Front | None = None
    thresholds: GroupThresholds | None = None
