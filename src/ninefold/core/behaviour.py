"""What stage 7 finds out about the graph's answers: what moves them, and how far they can be trusted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Together:
    """Columns that say much the same, shuffled together: the loss of the metric with its 95 % interval.

    ``alone``: the largest loss when one of them is shuffled by itself, and its upper end.
    """

    columns: tuple[str, ...]
    drop: float
    low: float
    high: float
    alone: float
    alone_high: float


@dataclass(frozen=True)
class Followed:
    """One ``output`` along one column, asked of sealed rows.

    ``places`` are rising numbers (datetimes as years) or levels. ``mean``, ``low`` and ``high`` are the partial
    dependence and the range of 80 % of single rows (ICE); ``effect`` is the accumulated local effect (ALE) around the
    mean answer, at its own ``effect_places``.
    """

    column: str
    output: str
    places: tuple[float | str, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    effect_places: tuple[float | str, ...]
    effect: tuple[float, ...]


@dataclass(frozen=True)
class Promise:
    """What intervals or sets of one ``level`` were worth on sealed rows.

    ``observed``: the share that held the truth, with its 95 % interval; ``size``: the mean width of the intervals, or
    number of classes in the sets, with its own.
    """

    level: float
    observed: float
    low: float
    high: float
    size: float
    size_low: float
    size_high: float
    target: str = ""
    """Of several targets, which."""


@dataclass(frozen=True)
class ClassPromise:
    """The share of a class's sealed rows whose set held it, with its 95 % interval."""

    name: str
    level: float
    rows: int
    observed: float
    low: float
    high: float


@dataclass(frozen=True)
class Behaviour:
    """``threshold``: the association from which on columns count as saying the same."""

    together: tuple[Together, ...] = ()
    threshold: float = 0.0
    followed: tuple[Followed, ...] = ()
    promises: tuple[Promise, ...] = ()
    by_class: tuple[ClassPromise, ...] = ()
    how: str = ""
    """How the intervals or sets are made, in words."""
