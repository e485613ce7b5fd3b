"""What a comparison has to say."""

from __future__ import annotations

from collections.abc import Iterator

from ninefold.core.comparison import Comparison, Side
from ninefold.core.section import Cell, Fact, Figure, Section, Series, Table
from ninefold.core.words import cell, counted, size

WORDS = {"worse": "worse", "better": "better", "alike": "no clear difference", "within": "within the margin"}
QUESTIONS = (9,)


def view(comparison: Comparison) -> Section:
    return Section(
        title=f"{comparison.a.name} (A) and {comparison.b.name} (B) on {comparison.data}",
        sentence=comparison.sentence,
        questions=QUESTIONS,
        facts=tuple(_facts(comparison)),
        findings=comparison.findings,
        tables=tuple(_tables(comparison)),
        figures=(_figure(comparison),),
        text=(_method(comparison),),
    )


def _facts(comparison: Comparison) -> Iterator[Fact]:
    headline = comparison.headline
    left_out = "; ".join(f"left out {count:,}: {why}" for why, count in comparison.left_out.items())
    better = "higher is better" if headline.higher_is_better else "lower is better"
    yield Fact("verdict on B", WORDS[comparison.outcome], _means(comparison))
    yield Fact(headline.title, f"{cell(headline.a)} → {cell(headline.b)}", better)
    yield Fact("rows", f"{comparison.rows:,}", left_out)


def _means(comparison: Comparison) -> str:
    if comparison.margin:
        return f"worse: 95 % interval of the gain not all above −{cell(comparison.margin)}"
    return "worse: 95 % interval of the gain all below 0"


def _tables(comparison: Comparison) -> Iterator[Table]:
    rows = tuple((d.title, d.a, d.b, d.gain, d.low, d.high, d.p) for d in comparison.differences)
    headings = ("metric", "A", "B", "gain of B", "95 % from", "to", "p")
    yield Table("Scores on the same rows", headings, rows, starred=0)
    if comparison.tests:
        tests = tuple((test.name, test.evidence, test.p) for test in comparison.tests)
        yield Table("Classical tests of the same", ("test", "evidence", "p"), tests)
    if comparison.parts:
        title = f"Parts of the rows where B is worse, of {comparison.looked_at} looked at (p corrected for all)"
        parts = tuple((part.part, part.rows, part.a, part.b, part.p) for part in comparison.parts)
        yield Table(title, ("part", "rows", f"{comparison.headline.title} of A", "of B", "p"), parts)
    yield Table("What they cost", COSTS, (_cost("A", comparison.a), _cost("B", comparison.b)))


COSTS = ("", "model", "columns", "graph", "µs for one row", "rows per second")


def _cost(key: str, side: Side) -> tuple[Cell, ...]:
    return key, side.name, side.columns, size(side.bytes), round(side.microseconds), round(side.rows_per_second)


def _figure(comparison: Comparison) -> Figure:
    """Of the headline alone: every metric has a unit of its own."""
    told = comparison.headline
    series = Series("gain of B", (told.title,), (told.gain,), (told.low,), (told.high,))
    return Figure("intervals", comparison.sentence, (series,), "gain of B, above 0 is better")


def _method(comparison: Comparison) -> str:
    drawn = f'whole values of "{comparison.group}"' if comparison.group else "rows"
    return (
        f"Both were measured on the same {counted(comparison.resamples, 'bootstrap resample')} of {drawn}. The gain is "
        "what B adds to A in the metric's unit, above 0 where B is better."
    )
