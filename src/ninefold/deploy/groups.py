"""What the model card says of groups of people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ninefold.core.fairness import CRITERIA, Compared, Fairness, Front, Gap, GroupThresholds
from ninefold.core.words import cell

Plain = Callable[[str], str]
"""Makes text from a table harmless in Markdown."""


def by_group(fairness: Fairness | None, plain: Plain) -> Iterator[str]:
    """Differences between groups on the held-out rows, what was done about them, and what the graph needs for it."""
    if fairness is None:
        return
    single = [compared for compared in fairness.compared if len(compared.columns) == 1 and compared.gaps]
    if single:
        yield "\n| groups of | measure | highest | lowest | difference | 95 % interval | chance alone: up to |"
        yield "|---|---|---|---|---|---|---|"
        yield from (_gap(compared, gap, plain) for compared in single for gap in compared.gaps)
    for name, why in fairness.skipped.items():
        yield f"\nGroups of `{plain(name)}` were not compared: {plain(why)}."
    if fairness.front is not None:
        yield f"\n{_mitigated(fairness.front, plain)}"
    if fairness.thresholds is not None:
        yield f"\n{_needed(fairness.thresholds, plain)}"


def _gap(compared: Compared, gap: Gap, plain: Plain) -> str:
    measure = f"{gap.measure}, {gap.part}" if gap.part else gap.measure
    names = " | ".join(plain(text) for text in (compared.name, measure, gap.highest, gap.lowest))
    return f"| {names} | {cell(gap.difference)} | {cell(gap.low)} to {cell(gap.high)} | {cell(gap.chance)} |"


def _mitigated(front: Front, plain: Plain) -> str:
    chosen = front.choices[front.chosen]
    gaps = ", ".join(f"{criterion.replace('-', ' ')} {cell(chosen.gaps[criterion])}" for criterion in CRITERIA)
    return (
        f"Mitigated for {front.criterion.replace('-', ' ')} between groups of `{plain(front.column)}`: "
        f"{plain(chosen.title)}. Out of fold {front.metric} {cell(chosen.score)}, differences {gaps}."
    )


def _needed(own: GroupThresholds, plain: Plain) -> str:
    each = ", ".join(f"{plain(name)} {cell(threshold)}" for name, threshold in own.thresholds.items())
    return (
        f"Groups of `{plain(own.column)}` have thresholds of their own ({each}): it must come with every row that is "
        "to be decided. Whether the law allows, asks for or forbids that depends on place and purpose."
    )
