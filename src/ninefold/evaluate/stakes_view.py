"""What decisions cost or gain, as a report shows it."""

from __future__ import annotations

from ninefold.core.section import Fact, Figure, Series, Table
from ninefold.core.stakes import Stakes
from ninefold.evaluate.written import between, number


def facts(stakes: Stakes | None) -> tuple[Fact, ...]:
    if stakes is None:
        return ()
    shipped, without = stakes.policies[0], stakes.policies[-1]
    return (Fact(_what(stakes), number(shipped.value), f"{without.name}: {number(without.value)}"),)


def table(stakes: Stakes | None) -> Table | None:
    if stakes is None:
        return None
    rows = tuple((p.name, p.value, p.low, p.high, p.behind, p.behind_low, p.behind_high) for p in stakes.policies)
    headings = ("decided", _what(stakes), "95 % from", "to", "worse than shipped by", "95 % from", "to")
    return Table(f"What decisions {'gain' if stakes.gains else 'cost'}, per row", headings, rows, starred=0)


def figures(stakes: Stakes | None) -> tuple[Figure, ...]:
    """The value of every threshold, with the chosen one marked."""
    if stakes is None or stakes.threshold is None or not stakes.thresholds:
        return ()
    best = (max if stakes.gains else min)(range(len(stakes.values)), key=stakes.values.__getitem__)
    shipped = stakes.policies[0]
    title = (
        f"At the threshold {number(stakes.threshold)} a decision {'gains' if stakes.gains else 'costs'} "
        f"{number(shipped.value)} {between(shipped.low, shipped.high)}"
    )
    note = (
        f"On these rows {number(stakes.thresholds[best])} would have been best ({number(stakes.values[best])}); the "
        "threshold follows from the matrix alone, as one that is chosen on the rows it is judged on flatters itself."
    )
    series = (
        Series("every threshold", stakes.thresholds, stakes.values),
        Series("chosen", (stakes.threshold,), (shipped.value,)),
    )
    return (Figure("lines", title, series, "threshold", _what(stakes), note),)


def _what(stakes: Stakes) -> str:
    return "expected gain" if stakes.gains else "expected cost"
