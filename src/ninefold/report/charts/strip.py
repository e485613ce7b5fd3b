"""A beeswarm: for each series a row of points that make room for each other; colour and shape say low or high."""

from __future__ import annotations

import math
from itertools import islice

from markupsafe import Markup

from ninefold.core.section import Figure, Series
from ninefold.report.charts.frame import MOST_ROWS, height, in_lines, labelled, numbers
from ninefold.report.charts.marks import line, point
from ninefold.report.charts.scale import Scale

PITCH = 30.0
MOST_POINTS = 600
"""Of the whole chart; beyond, every so manieth is drawn."""
STEP = 4.0
"""Pixels between points that share a place."""
SHAPES = ("down", "circle", "triangle")
"""Of the lowest third of y from 0 to 1, the middle, and the highest."""


def draw(figure: Figure) -> tuple[float, Markup]:
    rows = figure.series[:MOST_ROWS]
    signs = [
        (point(11, 0, f"v{third} dot", SHAPES[third]), name) for third, name in enumerate(("low", "middle", "high"))
    ]
    key = in_lines([*signs, (point(11, 0, "v1 dot", "diamond"), "no order")]) if _unordered(figure) else in_lines(signs)
    values = [x for series in rows for x, _ in _points(series)]
    area, across, marks = labelled(
        [series.name for series in rows], [*values, 0.0], PITCH, room=16, above=key, name=figure.x_label
    )
    marks += line(across(0), area.top, across(0), area.bottom, "axis")
    every = math.ceil(len(values) / MOST_POINTS)
    for i, series in enumerate(rows):
        marks += _swarm(series, across, area.top + (i + 0.5) * PITCH, every)
    return height(area, figure.x_label), marks


def _unordered(figure: Figure) -> bool:
    return any(not math.isfinite(y) for series in figure.series for y in series.y)


def _points(series: Series) -> list[tuple[float, float]]:
    return [(x, y) for x, y in zip(numbers(series), series.y, strict=True) if math.isfinite(x)]


def _swarm(series: Series, across: Scale, middle: float, every: int) -> Markup:
    """Points of one row: those that share a place go above and below in turn, no further than the row."""
    met: dict[int, int] = {}
    most = int(PITCH / STEP) - 1
    marks = Markup("")
    for x, y in islice(sorted(_points(series)), 0, None, every):
        place = round(across(x) / STEP)
        turn = met.get(place, 0) % most
        met[place] = met.get(place, 0) + 1
        aside = (turn + 1) // 2 * (1 if turn % 2 else -1)
        third = min(max(int(y * 3), 0), 2) if math.isfinite(y) else 1
        shape = SHAPES[third] if math.isfinite(y) else "diamond"
        marks += point(across(x), middle + aside * STEP, f"v{third} dot", shape)
    return marks
