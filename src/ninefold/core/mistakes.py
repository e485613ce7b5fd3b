"""The rows that a model gets wrong, and what they have in common. Holds cells of sealed rows: for the report, never for
a bundle."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One of the sealed rows with the largest loss, with cells of the columns that matter most, as text."""

    rank: int
    loss: float
    truth: str
    said: str
    cells: tuple[str, ...]
    error: float | None = None
    """Of one number, true minus predicted."""


@dataclass(frozen=True)
class Pattern:
    """A rule in words, found on half of the sealed rows, and what the other half says: the mean loss of the rows for
    which it holds and of the others, and the corrected p-value of "they lose no more"."""

    words: str
    rows: int
    loss: float
    rest: float
    p: float


@dataclass(frozen=True)
class Mixup:
    """Sealed rows of a class that were decided as another; ``share``: of all rows of the true class."""

    true: str
    decided: str
    rows: int
    share: float


@dataclass(frozen=True)
class Band:
    """Sealed rows by their prediction, ``low`` to ``high``: the mean of true minus predicted value with its 95 %
    interval, the corrected p-value of "it is 0", and the standard deviation."""

    low: float
    high: float
    rows: int
    bias: float
    bias_low: float
    bias_high: float
    p: float
    spread: float


@dataclass(frozen=True)
class Mistakes:
    """``columns`` are those of every row of ``worst``, the largest loss first."""

    loss: str = "loss"
    """What is measured, in words."""
    columns: tuple[str, ...] = ()
    worst: tuple[Mistake, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    sought: bool = False
    """Patterns were looked for: there were rows and time enough."""
    mixups: tuple[Mixup, ...] = ()
    """Of more than two classes, the most frequent first."""
    bands: tuple[Band, ...] = ()
    """Of one number."""
    growth: float | None = None
    """Rank correlation of the prediction and the size of its error, where it is beyond chance."""
