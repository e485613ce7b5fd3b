"""A section's table as the page shows it: text, which columns are numbers, and how much room it takes."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.core.section import Cell, Table
from ninefold.core.words import column

MOST_ROWS = 200
"""Rows that the page shows; ``report.json`` has them all."""
LONGEST = 200
"""Letters of a cell that the page shows."""
LONG = 24
"""Letters from which on text is wrapped."""
MANY = 5
"""Columns beyond which a table takes the whole width of the page."""


@dataclass(frozen=True)
class Text:
    """One cell. ``kind`` is its class: ``n`` a number, ``long`` text that is wrapped, or nothing."""

    text: str
    kind: str


@dataclass(frozen=True)
class Grid:
    """Headings and rows without the columns that are empty throughout; ``broad`` takes the whole width."""

    headings: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    broad: bool


def grid(table: Table) -> Grid:
    """The first rows of a table as text."""
    kept = [
        _column(heading, values)
        for heading, values in zip(table.headings, zip(*table.rows, strict=True), strict=True)
        if any(value not in (None, "") for value in values)
    ]
    rows = tuple(zip(*(texts for _, texts in kept), strict=True))
    broad = len(kept) > MANY or any(each.kind == "long" for row in rows for each in row)
    return Grid(tuple(heading for heading, _ in kept), rows, broad)


def _column(heading: str, values: tuple[Cell, ...]) -> tuple[Text, list[Text]]:
    texts = [_cut(text) for text in column(values)[:MOST_ROWS]]
    if _is_numeric(values):
        return Text(heading, "n"), [Text(text, "n") for text in texts]
    return Text(heading, ""), [Text(text, "long" if len(text) > LONG else "") for text in texts]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _is_numeric(values: tuple[Cell, ...]) -> bool:
    return any(isinstance(v, (int, float)) for v in values) and not any(isinstance(v, str) for v in values)
