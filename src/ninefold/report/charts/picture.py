"""A picture as it is, and beside it once more under what its areas give: shades, and a sign in those that matter."""

from __future__ import annotations

import zlib

from markupsafe import Markup

from ninefold.core.section import Picture

SIDE = 96.0
"""Pixels of the longer side, as drawn; pages may scale."""
GAP = 6.0
SLIGHT, SIGNED = 0.1, 0.7
"""Shares of the largest area from which on an area is shaded, and signed."""
SHADE = 0.55


def draw(picture: Picture) -> Markup:
    """One ``<svg role="img">`` whose label is what the picture shows."""
    scale = SIDE / max(picture.width, picture.height)
    wide, high = picture.width * scale, picture.height * scale
    image = Markup('<image{} href="{}" width="{:.1f}" height="{:.1f}"/>')
    if not picture.areas:
        return _whole(picture, wide, high, image.format("", picture.png, wide, high))
    name = f"picture-{zlib.crc32(picture.png.encode()):08x}"
    marks = image.format(Markup(' id="{}"').format(name), picture.png, wide, high)
    marks += Markup('<use href="#{}" x="{:.1f}"/>').format(name, wide + GAP) + _areas(picture, wide, high)
    return _whole(picture, 2 * wide + GAP, high, marks)


def _whole(picture: Picture, wide: float, high: float, marks: Markup) -> Markup:
    drawn = Markup('<svg class="picture" role="img" width="{0:.0f}" height="{1:.0f}" viewBox="0 0 {0:.1f} {1:.1f}"')
    return (drawn + Markup(' aria-label="{2}">{3}</svg>')).format(wide, high, picture.told, marks)


def _areas(picture: Picture, wide: float, high: float) -> Markup:
    tall, across = high / len(picture.areas), wide / len(picture.areas[0])
    largest = max(abs(v) for row in picture.areas for v in row) or 1.0
    marks = Markup("")
    for i, row in enumerate(picture.areas):
        for j, amount in enumerate(row):
            share, x, y = abs(amount) / largest, wide + GAP + j * across, i * tall
            if share < SLIGHT:
                continue
            kind, sign = ("for", "+") if amount > 0 else ("against", "−")
            marks += Markup(
                '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" opacity="{:.2f}"/>'
            ).format(kind, x, y, across, tall, SHADE * share)
            if share >= SIGNED:
                marks += Markup('<text x="{:.1f}" y="{:.1f}">{}</text>').format(x + across / 2, y + tall / 2, sign)
    return marks
