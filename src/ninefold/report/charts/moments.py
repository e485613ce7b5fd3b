"""Values in time, and below them what each stretch of time gives: bars up speak for it, bars down against it."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise

from markupsafe import Markup

from ninefold.core.section import Figure, Series
from ninefold.core.words import cell
from ninefold.report.charts import lines
from ninefold.report.charts.frame import WIDTH, numbers
from ninefold.report.charts.marks import line, text

HALF = 34.0
"""Pixels of the longest bar."""


def draw(figure: Figure) -> tuple[float, Markup]:
    *measured, given = figure.series
    above = dataclasses.replace(figure, series=tuple(measured))
    area, across, marks = lines.framed(above, numbers(given))
    top = area.bottom + 58
    middle = top + HALF
    largest = max((abs(y) for y in given.y if math.isfinite(y)), default=0.0)
    marks += text(4, top - 8, f"{given.name}, by {cell(largest)} at most", "start", "name", width=WIDTH - 8)
    marks += line(area.left, middle, area.right, middle, "axis")
    for sign, side in (("+", -1), ("−", 1)):
        marks += text(area.left - 7, middle + side * HALF / 2 + 4, sign, "end")
    for start, end, amount in _stretches(given):
        tall = HALF * amount / largest if largest else 0.0
        bar = Markup(
            '<rect class="{} bin" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}</title></rect>'
        )
        left, right = across(start) + 0.5, across(end) - 0.5
        kind, upper = ("c1", middle - tall) if amount > 0 else ("c2", middle)
        marks += bar.format(kind, left, upper, max(right - left, 1.0), abs(tall), cell(amount))
    return middle + HALF + 8, marks


def _stretches(given: Series) -> list[tuple[float, float, float]]:
    """Beginning, end and amount of each."""
    spans = zip(pairwise(numbers(given)), given.y, strict=False)
    return [(start, end, y) for (start, end), y in spans if math.isfinite(y)]
