"""Lines, text and points as SVG, and the order of colours and shapes."""

from __future__ import annotations

import math
from collections.abc import Iterable

from markupsafe import Markup

LETTER = 7.5
"""Mean width of a letter at the 12.5 px that the stylesheet gives chart text, in a wide face."""
COLOURS = 4
_TRIANGLE, _SQUARE, _DIAMOND = (
    (0, -1.3, 1.2, 1, -1.2, 1),
    (-1, -1, 1, -1, 1, 1, -1, 1),
    (0, -1.4, 1.4, 0, 0, 1.4, -1.4, 0),
)
_SHAPES = {"square": _SQUARE, "triangle": _TRIANGLE, "diamond": _DIAMOND, "down": tuple(-each for each in _TRIANGLE)}
_TURNS = ("circle", "square", "triangle", "diamond")


def colour(k: int) -> int:
    """The number of the colour of series ``k``; colours come round again."""
    return k % COLOURS + 1


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(kind, x1, y1, x2, y2)


def text(x: float, y: float, words: str, anchor: str, kind: str = "label", *, width: float = math.inf) -> Markup:
    """The words at a place, cut to ``width`` pixels; what was cut is said whole when the pointer rests on it."""
    shown = fit(words, width)
    whole = Markup("<title>{}</title>").format(words) if shown != words else ""
    return Markup('<text class="{} {}" x="{:.1f}" y="{:.1f}">{}{}</text>').format(kind, anchor, x, y, shown, whole)


def fit(words: str, width: float) -> str:
    """The text cut to ``width`` pixels, with an ellipsis where something is missing."""
    if math.isinf(width):
        return words
    letters = max(int(width / LETTER), 1)
    return words if len(words) <= letters else words[: letters - 1] + "…"


def joined(points: Iterable[tuple[float, float]]) -> str:
    """Places as the ``points`` of a polygon or polyline."""
    return " ".join(f"{x},{y}" for x, y in points)


def path(points: Iterable[tuple[float, float]], kind: str) -> Markup:
    return Markup('<polyline class="{}" points="{}"/>').format(kind, joined(points))


def point_of(k: int, x: float, y: float) -> Markup:
    """A point of group ``k``; the shapes turn once more with every round of colours."""
    return point(x, y, f"c{colour(k)} dot", _TURNS[(k + k // COLOURS) % len(_TURNS)])


def point(x: float, y: float, kind: str, shape: str) -> Markup:
    """A circle, square, triangle, triangle on its head (``down``) or diamond."""
    if shape == "circle":
        return Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="3"/>').format(kind, x, y)
    corners = _SHAPES[shape]
    ends = zip(corners[::2], corners[1::2], strict=True)
    places = " ".join(f"{x + 2.7 * i:.1f},{y + 2.7 * j:.1f}" for i, j in ends)
    return Markup('<polygon class="{}" points="{}"/>').format(kind, places)


def star(x: float, y: float) -> Markup:
    """Five points around a place, in the colour of the text: what was chosen."""
    turns = ((i * math.pi / 5, 9.0 if i % 2 == 0 else 3.8) for i in range(10))
    ends = (f"{x + r * math.sin(turn):.1f},{y - r * math.cos(turn):.1f}" for turn, r in turns)
    return Markup('<polygon class="star" points="{}"/>').format(" ".join(ends))
