"""Figures as static SVG: no script, no library, and no colour of its own.

Every mark carries a class (``c1`` fills, ``s1`` strokes, ``m0``… matrix shades) that the stylesheet colours, so that
one drawing serves light, dark and print. Series differ by dash or place too, never by colour alone. User text enters
through ``Markup.format``, which escapes it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ninefold.core.section import Figure, Series
from ninefold.core.words import cell, column
from ninefold.report.scale import Scale, scale

WIDTH = 440
LETTER = 7.5
"""Mean width of a letter at the 12.5 px that the stylesheet gives chart text, in a wide face."""
MOST_ROWS = 24
"""Bars and intervals beyond these are left to the data table."""
SHADES = 6
COLOURS = 4


@dataclass(frozen=True)
class Area:
    """The rectangle between the axes."""

    left: float
    top: float
    right: float
    bottom: float


def draw(figure: Figure) -> Markup:
    """The figure as one ``<svg role="img">`` whose label is the figure's title, the finding."""
    height, marks = _KINDS[figure.kind](figure) if _has_data(figure) else _empty()
    return Markup('<svg class="chart" role="img" viewBox="0 0 {} {}" aria-label="{}">{}</svg>').format(
        WIDTH, round(height), figure.title, marks
    )


def shown(figure: Figure) -> int:
    """Rows of a bar or interval chart that are drawn; the data table has them all."""
    return min(len(figure.series[0].x), MOST_ROWS) if figure.series else 0


def rows(figure: Figure) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The data behind a figure as headings and rows of text, for the table that stands beside every chart."""
    if figure.kind == "matrix":
        head = (figure.y_label or "", *(str(x) for x in figure.series[0].x)) if figure.series else ()
        return head, [(series.name, *map(cell, series.y)) for series in figure.series]
    bounded = any(series.low for series in figure.series)
    many = len(figure.series) > 1
    head = (*(("series",) if many else ()), figure.x_label or "x", figure.y_label or "y")
    body = [row for series in figure.series for row in _points(series, bounded, many)]
    return (*head, "low", "high") if bounded else head, body


def _points(series: Series, bounded: bool, many: bool) -> Iterable[tuple[str, ...]]:
    blank = (math.nan,) * len(series.y)
    bounds = zip(series.low or blank, series.high or blank, strict=True)
    for x, y, (low, high) in zip(series.x, series.y, bounds, strict=True):
        row = (_label(x), cell(y), *((cell(low), cell(high)) if bounded else ()))
        yield (series.name, *row) if many else row


def _has_data(figure: Figure) -> bool:
    return any(math.isfinite(y) for series in figure.series for y in series.y)


def _empty() -> tuple[float, Markup]:
    return 60, _text(WIDTH / 2, 34, "nothing to draw", "middle")


# bars and intervals: one row per label


def _bars(figure: Figure) -> tuple[float, Markup]:
    many = len(figure.series)
    pitch = 26.0 if many == 1 else 12.0 + 14.0 * many
    area, across, marks = _rows_of_labels(figure, [*_finite(figure), 0.0], pitch, room=54)
    zero = across(0)
    for k, series in enumerate(figure.series):
        values = column(series.y)
        for i, y in enumerate(series.y[:MOST_ROWS]):
            if math.isfinite(y):
                top = area.top + i * pitch + (pitch - 14 * many - 2) / 2 + 14 * k + 1
                marks += _bar(zero, across(y), top, 13 if many > 1 else 16, k) + _whisker(series, i, across, top + 7)
                marks += _text(max(across(_end(series, i)), zero) + 5, top + 11, values[i], "start", "value")
    marks += _line(zero, area.top, zero, area.bottom, "axis")
    return area.bottom + _foot(figure), marks


def _end(series: Series, i: int) -> float:
    return max(series.y[i], series.high[i]) if series.high and math.isfinite(series.high[i]) else series.y[i]


def _bar(zero: float, end: float, top: float, thick: float, k: int) -> Markup:
    left, width = min(zero, end), abs(end - zero)
    return Markup('<rect class="c{}" x="{}" y="{:.1f}" width="{:.1f}" height="{}" rx="1.5"/>').format(
        k % COLOURS + 1, left, top, width, thick
    )


def _whisker(series: Series, i: int, across: Scale, y: float) -> Markup:
    if not series.low or not (math.isfinite(series.low[i]) and math.isfinite(series.high[i])):
        return Markup("")
    return _line(across(series.low[i]), y, across(series.high[i]), y, "whisker")


def _intervals(figure: Figure) -> tuple[float, Markup]:
    many = len(figure.series)
    pitch = 26.0 if many == 1 else 12.0 + 12.0 * many
    area, across, marks = _rows_of_labels(figure, _finite(figure), pitch, room=16)
    for k, series in enumerate(figure.series):
        for i, y in enumerate(series.y[:MOST_ROWS]):
            if math.isfinite(y):
                middle = area.top + i * pitch + pitch / 2 + 12 * (k - (many - 1) / 2)
                marks += _interval(series, i, across, middle, k)
    return area.bottom + _foot(figure), marks


def _interval(series: Series, i: int, across: Scale, y: float, k: int) -> Markup:
    number = k % COLOURS + 1
    mark = Markup("")
    if series.low and math.isfinite(series.low[i]) and math.isfinite(series.high[i]):
        mark += _line(across(series.low[i]), y, across(series.high[i]), y, f"s{number} thick")
    return mark + Markup('<circle class="c{}" cx="{}" cy="{:.1f}" r="4.5"/>').format(number, across(series.y[i]), y)


def _rows_of_labels(figure: Figure, values: Sequence[float], pitch: float, room: float) -> tuple[Area, Scale, Markup]:
    """Labels at the left, a value axis below; ``room`` is kept free at the right."""
    labels = [_label(x) for x in figure.series[0].x[:MOST_ROWS]]
    left = min(max(len(label) for label in labels) * LETTER + 10, 170)
    top = _head(figure)
    area = Area(left, top, WIDTH - room, top + pitch * len(labels))
    across = scale(min(values), max(values), area.left, area.right, about=5)
    marks = _legend(figure) + _upright_grid(across, area)
    for i, label in enumerate(labels):
        marks += _text(left - 8, area.top + (i + 0.5) * pitch + 4, _fit(label, left - 10), "end")
    return area, across, marks + _x_title(figure, area)


# lines and histograms: two value axes


def _lines(figure: Figure) -> tuple[float, Markup]:
    xs = [float(x) for series in figure.series for x in series.x]
    ys = _finite(figure)
    if figure.diagonal:
        xs, ys = [*xs, *ys], [*xs, *ys]
    area, across, up, marks = _two_axes(figure, (min(xs), max(xs)), (min(ys), max(ys)))
    if figure.diagonal:
        low, high = max(across.ticks[0], up.ticks[0]), min(across.ticks[-1], up.ticks[-1])
        marks += _line(across(low), up(low), across(high), up(high), "diagonal")
    for k, series in enumerate(figure.series):
        marks += _band(series, across, up, k) + _path(series, across, up, k)
    return area.bottom + _foot(figure), marks


def _path(series: Series, across: Scale, up: Scale, k: int) -> Markup:
    points = [(across(float(x)), up(y)) for x, y in zip(series.x, series.y, strict=True) if math.isfinite(y)]
    number = k % COLOURS + 1
    path = Markup('<polyline class="s{} line" points="{}"/>').format(number, _joined(points))
    if len(points) > 30:
        return path
    dot = Markup('<circle class="c{}" cx="{}" cy="{}" r="3.5"/>')
    return path + Markup("").join(dot.format(number, x, y) for x, y in points)


def _band(series: Series, across: Scale, up: Scale, k: int) -> Markup:
    if not series.low:
        return Markup("")
    sides = list(zip(series.x, series.low, series.high, strict=True))
    edge = [(across(float(x)), up(high)) for x, _, high in sides if math.isfinite(high)]
    edge += [(across(float(x)), up(low)) for x, low, _ in reversed(sides) if math.isfinite(low)]
    return Markup('<polygon class="c{} band" points="{}"/>').format(k % COLOURS + 1, _joined(edge))


def _histogram(figure: Figure) -> tuple[float, Markup]:
    edges = [float(x) for x in figure.series[0].x]
    width = edges[-1] - edges[-2] if len(edges) > 1 else 1.0
    area, across, up, marks = _two_axes(
        figure, (edges[0], edges[-1] + width), (min(0.0, *_finite(figure)), max(0.0, *_finite(figure)))
    )
    for k, series in enumerate(figure.series):
        for x, after, y in zip(series.x, [*series.x[1:], edges[-1] + width], series.y, strict=True):
            if math.isfinite(y) and y:
                left, right = across(float(x)), across(float(after))
                marks += Markup('<rect class="c{} bin" x="{:.1f}" y="{}" width="{:.1f}" height="{:.1f}"/>').format(
                    k % COLOURS + 1, left + 0.5, min(up(y), up(0)), max(right - left - 1, 0.5), abs(up(0) - up(y))
                )
    return area.bottom + _foot(figure), marks


# scatter: points of groups, each group with a colour and a shape, its name written amid its points


def _scatter(figure: Figure) -> tuple[float, Markup]:
    xs = [float(x) for series in figure.series for x in series.x]
    ys = _finite(figure)
    area, across, up, marks = _two_axes(figure, (min(xs), max(xs)), (min(ys), max(ys)))
    for k, series in enumerate(figure.series):
        points = [(across(float(x)), up(y)) for x, y in zip(series.x, series.y, strict=True) if math.isfinite(y)]
        marks += Markup("").join(_point(x, y, k) for x, y in points)
    for series in figure.series:
        x, y = (sorted(float(value) for value in side)[len(side) // 2] for side in (series.x, series.y))
        marks += _text(across(x), up(y) + 4, series.name, "middle", "amid")
    return area.bottom + _foot(figure), marks


def _point(x: float, y: float, k: int) -> Markup:
    """Circle, square, triangle or diamond; the shapes turn once more with every round of colours."""
    colour, shape = k % COLOURS + 1, (k + k // COLOURS) % 4
    if not shape:
        return Markup('<circle class="c{} dot" cx="{:.1f}" cy="{:.1f}" r="3"/>').format(colour, x, y)
    corners = ((-1, -1, 1, -1, 1, 1, -1, 1), (0, -1.3, 1.2, 1, -1.2, 1), (0, -1.4, 1.4, 0, 0, 1.4, -1.4, 0))[shape - 1]
    ends = zip(corners[::2], corners[1::2], strict=True)
    path = " ".join(f"{x + 2.7 * i:.1f},{y + 2.7 * j:.1f}" for i, j in ends)
    return Markup('<polygon class="c{} dot" points="{}"/>').format(colour, path)


def _two_axes(figure: Figure, x: tuple[float, float], y: tuple[float, float]) -> tuple[Area, Scale, Scale, Markup]:
    top = _head(figure) + (18 if figure.y_label else 0)
    bottom = top + 220
    up = scale(*y, bottom, top)
    left = max(len(label) for label in up.labels) * LETTER + 14
    area = Area(left, top, WIDTH - 14, bottom)
    across = scale(*x, area.left, area.right, about=6)
    marks = _legend(figure) + _upright_grid(across, area)
    for tick, label in zip(up.ticks, up.labels, strict=True):
        marks += _line(area.left, up(tick), area.right, up(tick), "grid")
        marks += _text(area.left - 7, up(tick) + 4, label, "end", "tick")
    marks += _line(area.left, area.bottom, area.right, area.bottom, "axis")
    if figure.y_label:
        marks += _text(4, top - 12, f"↑ {_fit(figure.y_label, WIDTH - 30)}", "start", "name")
    return area, across, up, marks + _x_title(figure, area)


# matrix: rows are the truth, columns what was predicted


def _matrix(figure: Figure) -> tuple[float, Markup]:
    heads = [str(x) for x in figure.series[0].x]
    left = min(max(len(series.name) for series in figure.series) * LETTER + 16, 130)
    wide = (WIDTH - left - 4) / len(heads)
    high = min(max(wide, 20), 64)
    top = 44.0
    marks = _text(left, 14, f"{figure.x_label or 'predicted'} →", "start", "name")
    marks += _text(4, 34, f"{figure.y_label or 'true'} ↓", "start", "name")
    for j, head in enumerate(heads):
        marks += _text(left + (j + 0.5) * wide, 34, _fit(head, wide - 4), "middle")
    for i, series in enumerate(figure.series):
        marks += _text(left - 8, top + (i + 0.5) * high + 4, _fit(series.name, left - 12), "end")
        marks += _cells(series, left, top + i * high, wide, high)
    return top + high * len(figure.series) + 6, marks


def _cells(series: Series, left: float, top: float, wide: float, high: float) -> Markup:
    """One row of the matrix, shaded by its share of the row, so that rare classes are as legible as frequent ones."""
    total = sum(y for y in series.y if math.isfinite(y)) or 1.0
    marks = Markup("")
    for j, y in enumerate(series.y):
        share = y / total if math.isfinite(y) else 0.0
        shade = min(int(share * SHADES), SHADES - 1)
        x = left + j * wide
        marks += Markup('<rect class="m{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
            shade, x + 1, top + 1, wide - 2, high - 2
        )
        if wide >= 30:
            roomy = high >= 46
            marks += _text(x + wide / 2, top + high / 2 + (-2 if roomy else 4), cell(y), "middle", f"t{shade} count")
            if roomy:
                marks += _text(x + wide / 2, top + high / 2 + 16, f"{share:.0%}", "middle", f"t{shade}")
    return marks


# what all kinds share


def _finite(figure: Figure) -> list[float]:
    values = (v for series in figure.series for side in (series.y, series.low, series.high) for v in side)
    return [value for value in values if math.isfinite(value)]


def _head(figure: Figure) -> float:
    return 30 if len(figure.series) > 1 and figure.kind != "scatter" else 8


def _foot(figure: Figure) -> float:
    named = figure.y_label if figure.kind in ("bars", "intervals") else ""
    return 42 if figure.x_label or named else 26


def _legend(figure: Figure) -> Markup:
    if len(figure.series) < 2 or figure.kind == "scatter":
        return Markup("")
    x, marks = 4.0, Markup("")
    for k, series in enumerate(figure.series):
        name = _fit(series.name, WIDTH / len(figure.series) - 40)
        marks += _line(x, 12, x + 22, 12, f"s{k % COLOURS + 1} line") + _text(x + 28, 16, name, "start")
        x += 28 + len(name) * LETTER + 18
    return marks


def _upright_grid(across: Scale, area: Area) -> Markup:
    marks = Markup("")
    room = (area.right - area.left) / max(len(across.ticks) - 1, 1)
    every = math.ceil(max(len(label) for label in across.labels) * LETTER * 1.15 / room)
    for i, (tick, label) in enumerate(zip(across.ticks, across.labels, strict=True)):
        marks += _line(across(tick), area.top, across(tick), area.bottom, "grid")
        if i % every == 0:
            marks += _text(across(tick), area.bottom + 18, label, "middle", "tick")
    return marks


def _x_title(figure: Figure, area: Area) -> Markup:
    """The name of the horizontal axis: of the values in a chart of labels, of x elsewhere."""
    name = (figure.y_label or figure.x_label) if figure.kind in ("bars", "intervals") else figure.x_label
    if not name:
        return Markup("")
    return _text(area.right, area.bottom + 36, f"{_fit(name, area.right - 20)} →", "end", "name")


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(kind, x1, y1, x2, y2)


def _text(x: float, y: float, text: str, anchor: str, kind: str = "label") -> Markup:
    return Markup('<text class="{} {}" x="{:.1f}" y="{:.1f}">{}</text>').format(kind, anchor, x, y, text)


def _label(x: float | str) -> str:
    return x if isinstance(x, str) else cell(x)


def _fit(text: str, width: float) -> str:
    """The text cut to ``width`` pixels, with an ellipsis where something is missing."""
    letters = max(int(width / LETTER), 1)
    return text if len(text) <= letters else text[: letters - 1] + "…"


def _joined(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


_KINDS: dict[str, Callable[[Figure], tuple[float, Markup]]] = {
    "bars": _bars,
    "lines": _lines,
    "intervals": _intervals,
    "matrix": _matrix,
    "histogram": _histogram,
    "scatter": _scatter,
}
