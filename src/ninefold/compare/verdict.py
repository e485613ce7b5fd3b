"""What "worse" means, exactly.

Without a margin B is worse when the whole 95 % interval of its gain lies below 0: of equal models about one in forty
is called so. With a margin M above 0 the burden of proof is turned around (non-inferiority, ICH E9): B passes only
when the whole interval lies above -M; too few rows to tell are then a no.
"""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.comparison import Difference, Outcome
from ninefold.core.words import column


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome
    worse: bool
    sentence: str


def judged(headline: Difference, margin: float) -> Verdict:
    """The verdict on B, and why."""
    by, low, high, bound = _numbers(headline, margin)
    gap = f"{headline.title} is {_word(headline, by)} (95 % of its gain: {low} to {high})"
    if headline.low > 0:
        return Verdict("better", False, f"B is better: {gap}.")
    if not margin:
        if headline.high < 0:
            return Verdict("worse", True, f"B is worse: {gap}.")
        return Verdict("alike", False, f"No clear difference: {gap}.")
    if headline.low >= -margin:
        return Verdict("within", False, f"B is not worse by more than {bound}: {gap}.")
    if headline.high < -margin:
        return Verdict("worse", True, f"B is worse by more than {bound}: {gap}.")
    return Verdict("worse", True, f"B may be worse by more than {bound}, which these rows do not rule out: {gap}.")


def _word(headline: Difference, by: str) -> str:
    if headline.b == headline.a:
        return "the same with both"
    return f"{by} {'higher' if headline.b > headline.a else 'lower'} with B"


def _numbers(headline: Difference, margin: float) -> list[str]:
    return column([abs(headline.b - headline.a), headline.low, headline.high, float(margin)])
