"""What Shapley values say of the graph on sealed rows: part of noun 7."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """The mean size of what a raw column adds to the answers, over rows and outputs, with its 95 % interval."""

    column: str
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Dependence:
    """What a column adds, ``y``, by its value, ``x``: one entry per row that has one."""

    column: str
    x: tuple[float | str, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class ToldRow:
    """A sealed row worth looking at, ``why``, what the graph ``says`` of it and the ``truth``; ``reasons`` in words."""

    why: str
    says: str
    truth: str
    reasons: str


@dataclass(frozen=True)
class Explained:
    """``shares``, largest first, come from ``rows`` sealed rows, each compared with ``background`` made-up rows."""

    scale: str
    """What amounts are in: probability or value; spreads, where there are several values with units of their own."""
    outputs: tuple[str, ...]
    base: tuple[float, ...]
    """What the graph says of the made-up rows, for each output."""
    shares: tuple[Share, ...]
    spoken: str
    """The output that ``dependences`` are of; empty where no single one stands for the answer."""
    dependences: tuple[Dependence, ...]
    told: tuple[ToldRow, ...]
    rows: int
    background: int
    off: float
    """The largest gap between base and contributions on one side and the graph's answer on the other."""
    error: float
    """The largest standard error of one row's value."""
