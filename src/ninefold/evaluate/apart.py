"""Gaps between groups that are large enough to be told, and beyond chance."""

from __future__ import annotations

from collections.abc import Sequence

from ninefold.core.fairness import FEWEST, Compared, Gap
from ninefold.core.findings import About
from ninefold.core.results import Evaluation
from ninefold.core.section import Finding
from ninefold.evaluate.written import between, number

SHOWN = 3
HOW = (
    f"The widest difference between two groups of at least {FEWEST} sealed rows, held against the range that groups "
    "with the same errors would show by chance (95 % over all measures and columns, Bonferroni), and told where "
)
"""How such findings are found; each goes on with its own margin."""
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


def told(about: About, found: Sequence[Apart], action: str) -> Finding | None:
    """The gaps in words, the widest first; None where there are none."""
    if not found:
        return None
    names = tuple(dict.fromkeys(name for compared, _ in found for name in compared.columns))
    return about.finding("; ".join(_told(compared, gap) for compared, gap in found[:SHOWN]), action, columns=names)


def _told(compared: Compared, gap: Gap) -> str:
    groups = {group.name: group for group in compared.groups}
    ends = [groups[name].rate(gap.measure, gap.part) for name in (gap.highest, gap.lowest)]
    values = [number(rate.value) for rate in ends if rate is not None]
    of = f" of {gap.part}" if gap.part else ""
    return (
        f"{gap.measure}{of} by {compared.name}: {gap.highest} {values[0]}, {gap.lowest} {values[1]}, difference "
        f"{number(gap.difference)} {between(gap.low, gap.high)}, chance alone up to {number(gap.chance)}"
    )
