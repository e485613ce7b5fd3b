"""Lines over a numeric axis: bands around them where they have intervals, faint ones behind as a background."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from ninefold.core.section import Figure, Series
from ninefold.report.charts.frame import Area, finite, height, legend, numbers, two_axes
from ninefold.report.charts.marks import colour, joined, line, path
from ninefold.report.charts.scale import Scale

MOST_DOTS = 30
"""A line of more points has no dot at each."""


def draw(figure: Figure) -> tuple[float, Markup]:
    area, _, marks = framed(figure)
    return height(area, figure.x_label), marks


def framed(figure: Figure, beside: Sequence[float] = ()) -> tuple[Area, Scale, Markup]:
    """The lines in their axes, and where and over which scale, which takes in all of ``beside``, they are drawn."""
    xs, ys = [*beside, *(x for series in figure.series for x in numbers(series))], finite(figure)
    if figure.diagonal:
        xs, ys = [*xs, *ys], [*xs, *ys]
    area, across, up, marks = two_axes(figure, xs, ys, legend(figure))
    if figure.diagonal:
        low, high = max(across.ticks[0], up.ticks[0]), min(across.ticks[-1], up.ticks[-1])
        marks += line(across(low), up(low), across(high), up(high), "diagonal")
    for series in (series for series in figure.series if series.faint):
        marks += path(_places(series, across, up), "faint")
    for k, series in enumerate(figure.series):
        if not series.faint:
            marks += _band(series, across, up, k) + _line(series, across, up, k)
    return area, across, marks


def _places(series: Series, across: Scale, up: Scale) -> list[tuple[float, float]]:
    return [(across(x), up(y)) for x, y in zip(numbers(series), series.y, strict=True) if math.isfinite(y)]


def _line(series: Series, across: Scale, up: Scale, k: int) -> Markup:
    places, number = _places(series, across, up), colour(k)
    drawn = path(places, f"s{number} line")
    if len(places) > MOST_DOTS:
        return drawn
    dot = Markup('<circle class="c{}" cx="{}" cy="{}" r="3.5"/>')
    return drawn + Markup("").join(dot.format(number, x, y) for x, y in places)


def _band(series: Series, across: Scale, up: Scale, k: int) -> Markup:
    if not series.low:
        return Markup("")
    sides = list(zip(numbers(series), series.low, series.high, strict=True))
    edge = [(across(x), up(high)) for x, _, high in sides if math.isfinite(high)]
    edge += [(across(x), up(low)) for x, low, _ in reversed(sides) if math.isfinite(low)]
    return Markup('<polygon class="c{} band" points="{}"/>').format(colour(k), joined(edge))
