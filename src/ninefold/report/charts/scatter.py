"""Points over two numeric axes: groups with their names amid them, or named points, perhaps joined and one chosen."""

from __future__ import annotations

import math
from collections.abc import Iterator

from markupsafe import Markup

from ninefold.core.section import Figure, Series
from ninefold.report.charts.frame import ALONE, WIDTH, Area, Legend, finite, height, in_lines, numbers, two_axes
from ninefold.report.charts.marks import LETTER, colour, path, point_of, star, text
from ninefold.report.charts.scale import Scale

Place = tuple[float, float]
Box = tuple[float, float, float, float]
NEAR = 9.0
"""Pixels between a point and its name."""


def draw(figure: Figure) -> tuple[float, Markup]:
    xs = [x for series in figure.series for x in numbers(series)]
    amid = not any(series.labels or series.joined for series in figure.series)
    area, across, up, marks = two_axes(figure, xs, finite(figure), Legend(ALONE, Markup("")) if amid else _key(figure))
    placed = [_places(series, across, up) for series in figure.series]
    for k, (series, places) in enumerate(zip(figure.series, placed, strict=True)):
        marks += path(places.values(), f"s{colour(k)} line") if series.joined else ""
        marks += Markup("").join(point_of(k, x, y) for x, y in places.values())
        marks += star(*places[series.starred]) if series.starred in places else ""
    names = _amid(figure, placed) if amid else _beside(figure, placed, area)
    return height(area, figure.x_label), marks + Markup("").join(names)


def _key(figure: Figure) -> Legend:
    signs = [(point_of(k, 11, 0), series.name) for k, series in enumerate(figure.series)]
    chosen = any(series.starred is not None for series in figure.series)
    return in_lines([*signs, (star(11, 0), "chosen")] if chosen else signs)


def _places(series: Series, across: Scale, up: Scale) -> dict[int | None, Place]:
    """Where the points lie, by position in the series; one without a number lies nowhere."""
    pairs = enumerate(zip(numbers(series), series.y, strict=True))
    return {i: (across(x), up(y)) for i, (x, y) in pairs if math.isfinite(y)}


def _amid(figure: Figure, placed: list[dict[int | None, Place]]) -> Iterator[Markup]:
    """The name of each group at the middle of its points."""
    for series, places in zip(figure.series, placed, strict=True):
        if places:
            x, y = (sorted(side)[len(places) // 2] for side in zip(*places.values(), strict=True))
            yield text(x, y + 4, series.name, "middle", "amid")


def _beside(figure: Figure, placed: list[dict[int | None, Place]], area: Area) -> Iterator[Markup]:
    """The names of the points, each where it hides no other name or point; those without such a place are left out."""
    taken: list[Box] = [(x - 5, y - 5, x + 5, y + 5) for places in placed for x, y in places.values()]
    for series, places in zip(figure.series, placed, strict=True):
        named = ((name, places[i]) for i, name in enumerate(series.labels) if i in places)
        for name, place in named:
            for anchor, x, y, box in _around(place, len(name) * LETTER):
                if _inside(box, area) and not any(_overlap(box, other) for other in taken):
                    taken.append(box)
                    yield text(x, y, name, anchor, "beside")
                    break


def _around(place: Place, wide: float) -> Iterator[tuple[str, float, float, Box]]:
    """Right of a point, left, above, below: anchor, place and box of a text that is so wide."""
    x, y = place
    for anchor, left, middle in (
        ("start", x + NEAR, y),
        ("end", x - NEAR - wide, y),
        ("middle", x - wide / 2, y - 15),
        ("middle", x - wide / 2, y + 15),
    ):
        at = {"start": left, "end": left + wide, "middle": left + wide / 2}[anchor]
        yield anchor, at, middle + 4, (left, middle - 8, left + wide, middle + 8)


def _inside(box: Box, area: Area) -> bool:
    """Clear of the ticks at the left and, eight pixels further down, below."""
    return box[0] >= area.left and box[2] <= WIDTH and box[3] <= area.bottom + 8


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
