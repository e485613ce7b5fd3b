"""What comparing two models on the same rows says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ninefold.core.section import Finding
from ninefold_runtime.schema import Task

Outcome = Literal["worse", "better", "alike", "within"]
"""What became of B: clearly worse than A, clearly better, not to be told apart, or worse by less than the margin."""


@dataclass(frozen=True)
class Side:
    """One of the two models: what it weighs, and how long it takes.

    ``microseconds``: the median of single rows as they come, reading their cells included. ``rows_per_second``: of all
    rows at once.
    """

    name: str
    columns: int
    bytes: int
    microseconds: float
    rows_per_second: float


@dataclass(frozen=True)
class Difference:
    """A metric of both models on the same rows. ``gain`` is what B adds to A in the metric's unit, above 0 where B is
    better, whichever way the metric points; ``low`` and ``high`` are its 95 % interval, ``p`` that of no difference."""

    metric: str
    title: str
    higher_is_better: bool
    a: float
    b: float
    gain: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class PairedTest:
    """A classical test of the same question: what it looked at, in words, and its two-sided p-value."""

    name: str
    evidence: str
    p: float


@dataclass(frozen=True)
class WorsePart:
    """A part of the rows where B loses more than A, beyond chance: the headline metric of both there, and the p-value
    corrected for all parts looked at. ``share``: of all rows."""

    part: str
    rows: int
    share: float
    a: float
    b: float
    p: float


@dataclass(frozen=True)
class Comparison:
    """The verdict on B, the challenger, against A."""

    a: Side
    b: Side
    data: str
    target: str
    task: Task
    rows: int
    """Rows that both were judged on."""
    outcome: Outcome
    worse: bool
    """The verdict as an exit code says it."""
    sentence: str
    margin: float
    headline: Difference
    differences: tuple[Difference, ...]
    """Every metric of the task, the headline first."""
    tests: tuple[PairedTest, ...]
    parts: tuple[WorsePart, ...]
    looked_at: int
    """Parts of the rows that were looked at."""
    resamples: int
    group: str | None = None
    """The column whose values were drawn whole."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Rows that were not judged on, by reason."""
    findings: tuple[Finding, ...] = ()
    """What may make it unfair. Their codes are words, as no stage of a run says them."""
