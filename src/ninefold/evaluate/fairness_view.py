"""How groups fare, as tables and figures."""

from __future__ import annotations

from collections.abc import Iterator

from ninefold.core.fairness import CRITERIA, Compared, Fairness, Gap, Group
from ninefold.core.section import Cell, Fact, Figure, Series, Table
from ninefold.evaluate.written import between, number
from ninefold.fairness.rates import CALIBRATION, ERROR, PREDICTION, RESIDUAL, SELECTION

SHOWN = 12
"""Groups of a table and of a figure."""
MEASURES = (SELECTION, "true positives", "false positives", "accuracy", CALIBRATION, PREDICTION, ERROR, RESIDUAL)


def facts(fairness: Fairness | None) -> Iterator[Fact]:
    """The widest gap of the first column, in what is shown of it first."""
    compared = next((each for each in fairness.compared if each.gaps), None) if fairness else None
    if compared is not None:
        gap = compared.gaps[0]
        remark = f"{gap.highest} over {gap.lowest}; chance alone: up to {number(gap.chance)}"
        yield Fact(f"{gap.measure} difference by {compared.name}", number(gap.difference), remark)


def tables(fairness: Fairness | None) -> Iterator[Table]:
    if fairness is None:
        return
    for compared in fairness.compared:
        yield from _criteria(compared)
        yield from _rates(compared)
        yield from _gaps(compared)


def _criteria(compared: Compared) -> Iterator[Table]:
    """The three criteria by name: the widest of their gaps, and the smallest ratio."""
    widest = {criterion: compared.widest(measures) for criterion, measures in CRITERIA.items()}
    rows: list[tuple[Cell, ...]] = [
        (
            criterion.replace("-", " "),
            gap.difference,
            gap.low,
            gap.high,
            compared.smallest_ratio(CRITERIA[criterion]),
            gap.chance,
            _between(gap),
        )
        for criterion, gap in widest.items()
        if gap is not None
    ]
    if rows:
        headings = ("criterion", "difference", "95 % from", "to", "ratio", "chance alone: up to", "widest between")
        yield Table(f"Are groups of {compared.name} treated alike?", headings, tuple(rows), topic="fairness")


def _between(gap: Gap) -> str:
    part = f", {gap.part}" if gap.part else ""
    return f"{gap.highest} and {gap.lowest} ({gap.measure}{part})"


def _rates(compared: Compared) -> Iterator[Table]:
    """One table for each part (class or target): a row for each group, a column for each measure."""
    parts = dict.fromkeys(rate.part for group in compared.groups for rate in group.rates)
    for part in parts:
        known = {rate.measure for group in compared.groups for rate in group.rates if rate.part == part}
        measures = [measure for measure in MEASURES if measure in known]
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (group.name, group.rows, *(_told(group, measure, part) for measure in measures), _judged(group))
            for group in compared.groups[:SHOWN]
        )
        of = f", {part}" if part else ""
        title = f"Groups of {compared.name}{of}, with 95 % intervals"
        yield Table(title, ("group", "rows", *measures, "note"), rows, wide=len(compared.columns) > 1, topic="fairness")


def _told(group: Group, measure: str, part: str) -> str:
    rate = group.rate(measure, part)
    return f"{number(rate.value)} {between(rate.low, rate.high)}" if rate else ""


def _judged(group: Group) -> str:
    return "" if group.judged else "too few rows to be judged"


def _gaps(compared: Compared) -> Iterator[Table]:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (gap.measure, gap.part, gap.highest, gap.lowest, gap.difference, gap.low, gap.high, gap.ratio, gap.chance)
        for gap in compared.gaps
    )
    headings = ("measure", "of", "highest", "lowest", "difference", "95 % from", "to", "ratio", "chance: up to")
    if rows:
        yield Table(f"How far apart groups of {compared.name} are", headings, rows, wide=True, topic="fairness")


def figures(fairness: Fairness | None) -> Iterator[Figure]:
    if fairness is None:
        return
    for compared in fairness.compared:
        if len(compared.columns) == 1:
            yield from _rates_drawn(compared)
            yield from _calibration(compared)


def _rates_drawn(compared: Compared) -> Iterator[Figure]:
    """The first measure of the groups with its intervals, one figure for each part."""
    for gap in compared.gaps:
        if gap.measure not in (SELECTION, PREDICTION):
            continue
        groups = [group for group in compared.groups[:SHOWN] if group.rate(gap.measure, gap.part)]
        rates = [rate for group in groups if (rate := group.rate(gap.measure, gap.part))]
        names = tuple(group.name for group in groups)
        values, lows, highs = (tuple(getattr(rate, end) for rate in rates) for end in ("value", "low", "high"))
        differs = "differ beyond chance" if gap.beyond_chance else "cannot be told apart from chance"
        of = f" of {gap.part}" if gap.part else ""
        title = f"{gap.measure[:1].upper()}{gap.measure[1:]}{of} by {compared.name}: groups {differs}"
        series = Series(gap.measure, names, values, lows, highs)
        yield Figure("intervals", title, (series,), x_label=gap.measure, topic="fairness")


def _calibration(compared: Compared) -> Iterator[Figure]:
    drawn = [group for group in compared.groups if len(group.curve) > 1][:6]
    if len(drawn) > 1:
        curves = [(group.name, tuple(x for x, _ in group.curve), tuple(y for _, y in group.curve)) for group in drawn]
        series = tuple(Series(name, predicted, observed) for name, predicted, observed in curves)
        title = f"Do probabilities mean the same in all groups of {compared.name}?"
        yield Figure("lines", title, series, "predicted", "observed", diagonal=True, topic="fairness")


def text(fairness: Fairness | None) -> Iterator[str]:
    if fairness is None:
        return
    for name, why in fairness.skipped.items():
        yield f"Groups of {name} were not compared: {why}."
    if fairness.compared:
        yield (
            "Groups are compared on the sealed rows. Rates of fewer than 30 rows are shown with their intervals and "
            "not judged. Chance alone is the difference that equal groups of these sizes stay under in 95 % of cases, "
            "allowing for all differences looked at. No single number says what is fair: demographic parity, equal "
            "opportunity, equalised odds and calibration can rarely all hold at once."
        )
