"""Sections in the terminal: tables without frames, facts and findings as lines, bar charts as bars."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from ninefold.cli.terminal import plain, words
from ninefold.core.section import Fact, Figure, Finding, Section, Table
from ninefold.core.words import cell, column

SIGNS = {"serious": ("✗", "red"), "warning": ("!", "yellow"), "info": ("i", "blue"), "good": ("✓", "green")}
MOST_ROWS = 12
SHORT = 20
"""Columns of text no longer than this are not wrapped."""
HEADING = 12
"""Headings no longer than this stay on one line."""
BAR = 24
EIGHTHS = " ▏▎▍▌▋▊▉█"


def grid(headings: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool], starred: int | None) -> Grid:
    """A table of text with quiet headings; the starred row is marked and bold."""
    table = Grid(box=None, padding=(0, 1), header_style="dim", pad_edge=False, show_edge=False)
    if starred is not None:
        table.add_column("", min_width=1, no_wrap=True)
    for j, (heading, is_number) in enumerate(zip(headings, numeric, strict=True)):
        widest = max((len(row[j]) for row in rows), default=0)
        table.add_column(
            _folded(heading, widest), justify="right" if is_number else "left", no_wrap=is_number or widest <= SHORT
        )
    for i, row in enumerate(rows):
        mark = [] if starred is None else [plain("★" if i == starred else "", "yellow")]
        table.add_row(*mark, *map(plain, row), style="bold" if i == starred else None)
    return table


def _folded(heading: str, width: int) -> Text:
    """A long heading of several words takes as many lines as it needs to be no wider than its column."""
    return plain("\n").join(map(plain, textwrap.wrap(heading, max(width, HEADING), break_long_words=False) or [""]))


def advised(finding: Finding) -> Text:
    """What was found, as a sentence, and in bold what to do about it."""
    if not finding.action:
        return plain(finding.evidence)
    ended = finding.evidence.endswith((".", "!", "?"))
    return words(finding.evidence, " " if ended else ". ", (finding.action, "bold"))


def of_table(table: Table, most: int = MOST_ROWS) -> RenderableType:
    """A section's table; rows beyond ``most`` are counted, the starred one among the first or not."""
    columns = [column(values) for values in zip(*table.rows, strict=True)]
    numeric = [any(isinstance(v, (int, float)) for v in values) for values in zip(*table.rows, strict=True)]
    rows = list(zip(*columns, strict=True))
    shown = grid(table.headings, rows[:most], numeric or [False] * len(table.headings), table.starred)
    left = len(rows) - most
    return Group(shown, plain(f"… {left} more in the report", "dim")) if left > 0 else shown


def of_findings(findings: Iterable[Finding]) -> Grid:
    """One block per finding: sign, title, and what follows from it."""
    table = Grid.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(max_width=24)
    table.add_column()
    for finding in findings:
        sign, colour = SIGNS[finding.level]
        table.add_row(plain(sign, colour), plain(finding.title), advised(finding))
    return table


def of_facts(facts: Sequence[Fact]) -> Grid:
    table = Grid.grid(padding=(0, 2))
    for fact in facts:
        table.add_row(plain(fact.label, "dim"), plain(fact.value, "bold"), plain(fact.remark, "dim"))
    return table


def of_bars(figure: Figure) -> RenderableType:
    """A one-series bar chart of values that are not negative throughout, as text."""
    series = figure.series[0]
    largest = max((abs(y) for y in series.y if math.isfinite(y)), default=0.0) or 1.0
    table = Grid.grid(padding=(0, 1))
    for x, y, value in list(zip(series.x, series.y, column(series.y), strict=True))[:MOST_ROWS]:
        label = x if isinstance(x, str) else cell(x)
        table.add_row(plain(label), plain(bar(y / largest if math.isfinite(y) else 0.0), "cyan"), plain(value))
    return Group(plain(figure.title), Padding(table, (0, 0, 0, 2)))


def bar(share: float, width: int = BAR) -> str:
    """A bar of ``share`` of ``width`` characters, to an eighth of one; empty for negative shares."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    return EIGHTHS[-1] * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def of_section(number: int | None, section: Section, console: Console) -> None:
    """Everything of one section that the terminal shows; ``number`` is that of its stage, None where it has none."""
    head = words(("" if number is None else f"{number} ", "dim"), (section.title, "bold"), "  ", section.sentence)
    blocks: list[RenderableType] = [of_facts(section.facts)] if section.facts else []
    blocks += [of_findings(section.findings)] if section.findings else []
    blocks += [Group(plain(table.title), of_table(table)) for table in section.tables if not table.wide and table.rows]
    blocks += [of_bars(f) for f in section.figures if f.kind == "bars" and len(f.series) == 1]
    console.print(head)
    for block in blocks:
        console.print(Padding(block, (0, 0, 1, 2)))
