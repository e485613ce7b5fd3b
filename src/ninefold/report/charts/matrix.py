"""A table of counts, shaded: rows are the truth, columns what was predicted."""

from __future__ import annotations

import math

from markupsafe import Markup

from ninefold.core.section import Figure, Series
from ninefold.core.words import cell
from ninefold.report.charts.frame import WIDTH
from ninefold.report.charts.marks import LETTER, text

SHADES = 6
TOP = 44.0
LEAST = 60
"""Width for the names of rows, and for what they are, above them."""
ROOMY = 46
"""Height of a cell from which on it holds its share too."""
NARROW = 30
"""Width of a cell below which it holds no text."""


def draw(figure: Figure) -> tuple[float, Markup]:
    heads, names = _named(figure)
    left = min(max(max(len(name) for name in names) * LETTER + 16, LEAST), 130)
    wide = (WIDTH - left - 4) / len(heads)
    high = min(max(wide, 20), 64)
    marks = text(left, 14, f"{figure.x_label or 'predicted'} →", "start", "name")
    marks += text(4, 34, f"{figure.y_label or 'true'} ↓", "start", "name")
    every = math.ceil(2.5 * LETTER / wide)
    for j, head in enumerate(heads):
        if j % every == 0:
            marks += text(left + (j + 0.5) * wide, 34, head, "middle", width=wide * every - 4)
    whole = max((max(_shares(series)) for series in figure.series), default=1.0) if figure.relative else 1.0
    for i, (series, name) in enumerate(zip(figure.series, names, strict=True)):
        marks += text(left - 8, TOP + (i + 0.5) * high + 4, name, "end", width=left - 12)
        marks += _cells(series, left, TOP + i * high, wide=wide, high=high, whole=whole or 1.0)
    return TOP + high * len(figure.series) + 6, marks


def _named(figure: Figure) -> tuple[list[str], list[str]]:
    """Heads and names of rows; where heads would be cut and rows mean the same, numbers stand for them."""
    heads, names = [str(x) for x in figure.series[0].x], [series.name for series in figure.series]
    longest = max(len(head) for head in heads)
    if heads != names or longest * LETTER <= (WIDTH - 134) / len(heads):
        return heads, names
    return [str(j + 1) for j in range(len(heads))], [f"{i + 1} {name}" for i, name in enumerate(names)]


def _shares(series: Series) -> list[float]:
    """Of a row."""
    total = sum(y for y in series.y if math.isfinite(y)) or 1.0
    return [y / total if math.isfinite(y) else 0.0 for y in series.y]


def _cells(series: Series, left: float, top: float, *, wide: float, high: float, whole: float) -> Markup:
    """One row of the matrix, shaded by its share of the row, so that rare classes are as legible as frequent ones;
    ``whole`` is the share that is shaded most."""
    marks = Markup("")
    for j, (y, share) in enumerate(zip(series.y, _shares(series), strict=True)):
        shade = min(int(share / whole * SHADES), SHADES - 1)
        x = left + j * wide
        marks += Markup('<rect class="m{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
            shade, x + 1, top + 1, wide - 2, high - 2
        )
        if wide >= NARROW:
            roomy = high >= ROOMY
            marks += text(x + wide / 2, top + high / 2 + (-2 if roomy else 4), cell(y), "middle", f"t{shade} count")
            if roomy:
                marks += text(x + wide / 2, top + high / 2 + 16, f"{share:.0%}", "middle", f"t{shade}")
    return marks
