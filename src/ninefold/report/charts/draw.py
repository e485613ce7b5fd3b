"""Any figure as SVG: the kinds there are, and what is drawn where there is nothing to draw."""

from __future__ import annotations

import math
from collections.abc import Callable

from markupsafe import Markup

from ninefold.core.section import Figure
from ninefold.report.charts import bars, histogram, intervals, lines, matrix, moments, scatter, strip
from ninefold.report.charts.frame import WIDTH
from ninefold.report.charts.marks import text

KINDS: dict[str, Callable[[Figure], tuple[float, Markup]]] = {
    "bars": bars.draw,
    "lines": lines.draw,
    "intervals": intervals.draw,
    "matrix": matrix.draw,
    "moments": moments.draw,
    "histogram": histogram.draw,
    "scatter": scatter.draw,
    "strip": strip.draw,
}
"""Each gives the height of its drawing, and the marks."""


def draw(figure: Figure) -> Markup:
    """The figure as one ``<svg role="img">`` whose label is the figure's title, the finding."""
    height, marks = KINDS[figure.kind](figure) if _has_data(figure) else _empty()
    return Markup('<svg class="chart" role="img" viewBox="0 0 {} {}" aria-label="{}">{}</svg>').format(
        WIDTH, round(height), figure.title, marks
    )


def _has_data(figure: Figure) -> bool:
    sides = (series.x if figure.kind == "strip" else series.y for series in figure.series)
    return any(isinstance(v, (int, float)) and math.isfinite(v) for side in sides for v in side)


def _empty() -> tuple[float, Markup]:
    return 60, text(WIDTH / 2, 34, "nothing to draw", "middle")
