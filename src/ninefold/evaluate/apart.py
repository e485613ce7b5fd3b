"""Gaps between groups that are large enough to be told, and beyond chance."""

from __future__ import annotations

from collections.abc import Iterable

from ninefold.core.fairness import Compared, Gap
from ninefold.core.results import Evaluation
from ninefold.evaluate.written import between, number

SHOWN = 3
Apart = tuple[Compared, Gap]


def apart(evaluation: Evaluation, measures: tuple[str, ...], margin: float) -> list[Apart]:
    """In each sensitive column (crossed ones only where none of their columns is told), the widest gap of these
    measures that is beyond chance and wider than ``margin``; the widest first."""
    found: list[Apart] = []
    for compared in evaluation.fairness.compared if evaluation.fairness else ():
        wide = [g for g in compared.gaps if g.measure in measures and g.beyond_chance and g.difference > margin]
        told = {name for other, _ in found for name in other.columns}
        if wide and not told & set(compared.columns):
            found.append((compared, max(wide, key=lambda gap: gap.difference)))
    return sorted(found, key=lambda each: -each[1].difference)


def evidence(found: Iterable[Apart]) -> str:
    """The gaps in words, the widest first."""
    return "; ".join(_told(compared, gap) for compared, gap in list(found)[:SHOWN])


def _told(compared: Compared, gap: Gap) -> str:
    groups = {group.name: group for group in compared.groups}
    ends = [groups[name].rate(gap.measure, gap.part) for name in (gap.highest, gap.lowest)]
    values = [number(rate.value) for rate in ends if rate is not None]
    of = f" of {gap.part}" if gap.part else ""
    return (
        f"{gap.measure}{of} by {compared.name}: {gap.highest} {values[0]}, {gap.lowest} {values[1]}, difference "
        f"{number(gap.difference)} {between(gap.low, gap.high)}, chance alone up to {number(gap.chance)}"
    )


def columns(found: Iterable[Apart]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for compared, _ in found for name in compared.columns))
