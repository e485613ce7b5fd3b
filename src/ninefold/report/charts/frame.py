"""What charts stand in: the legend above, labels at the left or two value axes, a name at each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ninefold.core.section import Figure, Series
from ninefold.core.words import cell
from ninefold.report.charts.marks import LETTER, colour, fit, line, text
from ninefold.report.charts.scale import Scale, scale

WIDTH = 440
MOST_ROWS = 24
"""Rows of labels beyond these are left to the data table."""
LONGEST = 190
"""Pixels for the labels at the left."""
ALONE = 8.0
"""Room above a chart without a legend."""


@dataclass(frozen=True)
class Area:
    """The rectangle between the axes."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Legend:
    """The names of the series, and the height that they take."""

    height: float
    marks: Markup


def legend(figure: Figure) -> Legend:
    """A dash and a name for every series that is not faint, in as many lines as they need; nothing for one alone."""
    named = [(k, series.name) for k, series in enumerate(figure.series) if not series.faint]
    if len(named) < 2:
        return Legend(ALONE, Markup(""))
    return in_lines([(line(0, 0, 22, 0, f"s{colour(k)} line"), name) for k, name in named])


def in_lines(items: Sequence[tuple[Markup, str]]) -> Legend:
    """Signs, drawn around (11, 0), and their names, from left to right and then below."""
    x, y, marks = 4.0, 12.0, Markup("")
    for sign, whole in items:
        name = fit(whole, WIDTH - 40)
        wide = 28 + len(name) * LETTER + 12
        if x > 4 and x + wide - 12 > WIDTH:
            x, y = 4.0, y + 18
        marks += Markup('<g transform="translate({:.1f} {:.1f})">{}</g>').format(x, y, sign)
        marks += text(x + 28, y + 4, name, "start")
        x += wide
    return Legend(y + 18, marks)


def finite(figure: Figure) -> list[float]:
    """Every number of the value axis, ends of intervals included."""
    values = (v for series in figure.series for side in (series.y, series.low, series.high) for v in side)
    return [value for value in values if math.isfinite(value)]


def numbers(series: Series) -> list[float]:
    """The numeric x of a series."""
    return [float(x) for x in series.x]


def label(x: float | str) -> str:
    return x if isinstance(x, str) else cell(x)


def labelled(
    labels: Sequence[str], values: Sequence[float], pitch: float, *, room: float, above: Legend, name: str
) -> tuple[Area, Scale, Markup]:
    """Rows of ``pitch`` pixels with labels at the left, and a value axis with its ``name`` below.

    ``room`` is kept free at the right.
    """
    left = min(max(len(each) for each in labels) * LETTER + 10, LONGEST)
    area = Area(left, above.height, WIDTH - room, above.height + pitch * len(labels))
    across = scale(min(values), max(values), area.left, area.right, about=5)
    marks = above.marks + _upright_grid(across, area)
    for i, each in enumerate(labels):
        marks += text(left - 8, area.top + (i + 0.5) * pitch + 4, each, "end", width=left - 10)
    return area, across, marks + _named(name, area)


def two_axes(
    figure: Figure, x: Sequence[float], y: Sequence[float], above: Legend
) -> tuple[Area, Scale, Scale, Markup]:
    """Two value axes that enclose ``x`` and ``y``."""
    top = above.height + (18 if figure.y_label else 0)
    bottom = top + 220
    up = scale(min(y), max(y), bottom, top)
    left = max(len(each) for each in up.labels) * LETTER + 14
    area = Area(left, top, WIDTH - 14, bottom)
    across = scale(min(x), max(x), area.left, area.right, about=6)
    marks = above.marks + _upright_grid(across, area)
    for tick, each in zip(up.ticks, up.labels, strict=True):
        marks += line(area.left, up(tick), area.right, up(tick), "grid")
        marks += text(area.left - 7, up(tick) + 4, each, "end", "tick")
    marks += line(area.left, area.bottom, area.right, area.bottom, "axis")
    if figure.y_label:
        marks += text(4, top - 12, f"↑ {fit(figure.y_label, WIDTH - 30)}", "start", "name")
    return area, across, up, marks + _named(figure.x_label, area)


def height(area: Area, name: str) -> float:
    """Of the whole drawing: below the area there are ticks, and the name of the axis if it has one."""
    return area.bottom + (42 if name else 26)


def _named(name: str, area: Area) -> Markup:
    if not name:
        return Markup("")
    return text(area.right, area.bottom + 36, f"{fit(name, area.right - 50)} →", "end", "name")


def _upright_grid(across: Scale, area: Area) -> Markup:
    marks = Markup("")
    room = (area.right - area.left) / max(len(across.ticks) - 1, 1)
    every = math.ceil(max(len(each) for each in across.labels) * LETTER * 1.15 / room)
    for i, (tick, each) in enumerate(zip(across.ticks, across.labels, strict=True)):
        marks += line(across(tick), area.top, across(tick), area.bottom, "grid")
        if i % every == 0:
            marks += text(across(tick), area.bottom + 18, each, "middle", "tick")
    return marks
