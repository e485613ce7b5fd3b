"""A dot and its interval for each label, where zero means nothing."""

from __future__ import annotations

import math

from markupsafe import Markup

from ninefold.core.section import Figure, Series
from ninefold.report.charts.frame import MOST_ROWS, finite, height, label, labelled, legend
from ninefold.report.charts.marks import colour, line
from ninefold.report.charts.scale import Scale


def draw(figure: Figure) -> tuple[float, Markup]:
    many = len(figure.series)
    pitch = 26.0 if many == 1 else 12.0 + 12.0 * many
    labels = [label(x) for x in figure.series[0].x[:MOST_ROWS]]
    name = figure.y_label or figure.x_label
    area, across, marks = labelled(labels, finite(figure), pitch, room=16, above=legend(figure), name=name)
    for k, series in enumerate(figure.series):
        for i, y in enumerate(series.y[:MOST_ROWS]):
            if math.isfinite(y):
                middle = area.top + i * pitch + pitch / 2 + 12 * (k - (many - 1) / 2)
                marks += _interval(series, i, across, middle, colour(k))
    return height(area, name), marks


def _interval(series: Series, i: int, across: Scale, y: float, number: int) -> Markup:
    mark = Markup("")
    if series.low and math.isfinite(series.low[i]) and math.isfinite(series.high[i]):
        mark += line(across(series.low[i]), y, across(series.high[i]), y, f"s{number} thick")
    return mark + Markup('<circle class="c{}" cx="{}" cy="{:.1f}" r="4.5"/>').format(number, across(series.y[i]), y)
