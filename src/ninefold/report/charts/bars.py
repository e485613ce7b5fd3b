"""Horizontal bars: one row per label, a bar for each series, a whisker where the value has an interval."""

from __future__ import annotations

import math

from markupsafe import Markup

from ninefold.core.section import Figure, Series
from ninefold.core.words import column
from ninefold.report.charts.frame import MOST_ROWS, finite, height, label, labelled, legend
from ninefold.report.charts.marks import LETTER, colour, line, text
from ninefold.report.charts.scale import Scale


def draw(figure: Figure) -> tuple[float, Markup]:
    many = len(figure.series)
    pitch = 26.0 if many == 1 else 12.0 + 14.0 * many
    labels = [label(x) for x in figure.series[0].x[:MOST_ROWS]]
    name = figure.y_label or figure.x_label
    room = max((len(value) for series in figure.series for value in column(series.y)), default=0) * LETTER + 10
    area, across, marks = labelled(labels, [*finite(figure), 0.0], pitch, room=room, above=legend(figure), name=name)
    for k, series in enumerate(figure.series):
        tops = [area.top + i * pitch + (pitch - 14 * many - 2) / 2 + 14 * k + 1 for i in range(len(labels))]
        marks += _bars(series, across, tops, 13 if many > 1 else 16, k)
    return height(area, name), marks + line(across(0), area.top, across(0), area.bottom, "axis")


def _bars(series: Series, across: Scale, tops: list[float], thick: float, k: int) -> Markup:
    zero, values, marks = across(0), column(series.y), Markup("")
    for i, (y, top) in enumerate(zip(series.y, tops, strict=False)):
        if math.isfinite(y):
            marks += _bar(zero, across(y), top, thick, k) + _whisker(series, i, across, top + 7)
            marks += text(max(across(_end(series, i)), zero) + 5, top + 11, values[i], "start", "value")
    return marks


def _end(series: Series, i: int) -> float:
    return max(series.y[i], series.high[i]) if series.high and math.isfinite(series.high[i]) else series.y[i]


def _bar(zero: float, end: float, top: float, thick: float, k: int) -> Markup:
    left, width = min(zero, end), abs(end - zero)
    return Markup('<rect class="c{}" x="{}" y="{:.1f}" width="{:.1f}" height="{}" rx="1.5"/>').format(
        colour(k), left, top, width, thick
    )


def _whisker(series: Series, i: int, across: Scale, y: float) -> Markup:
    if not series.low or not (math.isfinite(series.low[i]) and math.isfinite(series.high[i])):
        return Markup("")
    return line(across(series.low[i]), y, across(series.high[i]), y, "whisker")
