"""Scores as they stand in sentences."""

from __future__ import annotations

from ninefold.core.results import Score
from ninefold.core.words import number

__all__ = ["between", "number", "scored"]


def scored(score: Score) -> str:
    """ROC AUC 0.876 (0.831–0.916)."""
    return f"{score.title} {number(score.value)} {between(score.low, score.high)}"


def between(low: float, high: float) -> str:
    """The ends of an interval: (0.831–0.916), or (−0.1 to 0.2) where a dash could be read as a minus."""
    dash = "–" if low >= 0 else " to "
    return f"({number(low)}{dash}{number(high)})"
