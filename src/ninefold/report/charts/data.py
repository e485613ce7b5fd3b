"""The numbers behind a chart, for the table that stands beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ninefold.core.section import Figure, Series
from ninefold.core.words import cell
from ninefold.report.charts.frame import label


def rows(figure: Figure) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Headings, and rows of text."""
    if figure.kind == "matrix":
        head = (figure.y_label or "", *(str(x) for x in figure.series[0].x)) if figure.series else ()
        return head, [(series.name, *map(cell, series.y)) for series in figure.series]
    bounded = any(series.low for series in figure.series)
    named = any(series.labels for series in figure.series)
    many = len(figure.series) > 1
    extra = (*(("series",) if many else ()), *(("name",) if named else ()))
    head = (*extra, figure.x_label or "x", figure.y_label or "y", *(("low", "high") if bounded else ()))
    return head, [row for series in figure.series for row in _points(series, bounded, named, many)]


def _points(series: Series, bounded: bool, named: bool, many: bool) -> Iterable[tuple[str, ...]]:
    blank = (math.nan,) * len(series.y)
    names = series.labels or ("",) * len(series.y)
    sides = zip(names, series.x, series.y, series.low or blank, series.high or blank, strict=True)
    for name, x, y, low, high in sides:
        before = (*((series.name,) if many else ()), *((name,) if named else ()))
        yield (*before, label(x), cell(y), *((cell(low), cell(high)) if bounded else ()))
