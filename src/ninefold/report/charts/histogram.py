"""Bars that stand on a numeric axis, each from its edge to the next."""

from __future__ import annotations

import math

from markupsafe import Markup

from ninefold.core.section import Figure
from ninefold.report.charts.frame import finite, height, legend, numbers, two_axes
from ninefold.report.charts.marks import colour


def draw(figure: Figure) -> tuple[float, Markup]:
    edges = numbers(figure.series[0])
    last = edges[-1] + (edges[-1] - edges[-2] if len(edges) > 1 else 1.0)
    area, across, up, marks = two_axes(figure, (edges[0], last), (0.0, *finite(figure)), legend(figure))
    for k, series in enumerate(figure.series):
        xs = numbers(series)
        for x, after, y in zip(xs, [*xs[1:], last], series.y, strict=True):
            if math.isfinite(y) and y:
                left, right = across(x), across(after)
                marks += Markup('<rect class="c{} bin" x="{:.1f}" y="{}" width="{:.1f}" height="{:.1f}"/>').format(
                    colour(k), left + 0.5, min(up(y), up(0)), max(right - left - 1, 0.5), abs(up(0) - up(y))
                )
    return height(area, figure.x_label), marks
