"""What decisions are worth, where the user said what each is worth."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """A way to decide: what it costs (or gains) per sealed row, and how much better the shipped way is on the same
    rows, each with its 95 % interval."""

    name: str
    value: float
    low: float
    high: float
    behind: float = 0.0
    behind_low: float = 0.0
    behind_high: float = 0.0


@dataclass(frozen=True)
class Stakes:
    """``policies``: the shipped one first. ``thresholds`` and ``values``: what every threshold of two classes would
    cost (or gain) per sealed row."""

    gains: bool
    policies: tuple[Policy, ...]
    threshold: float | None = None
    thresholds: tuple[float, ...] = ()
    values: tuple[float, ...] = ()
