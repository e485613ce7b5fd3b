"""Areas of an image: what a method found for each, as a map and as the areas that matter most."""

from __future__ import annotations

from itertools import pairwise

from ninefold_runtime.errors import ExplainError
from ninefold_runtime.explain.asked import Array, Asked
from ninefold_runtime.explain.explanation import Account, Explanation, Listing, RegionMap
from ninefold_runtime.schema import Column

ALONE = frozenset({"grad_cam", "occlusion"})
"""Methods that compare a row with nothing but itself."""
MOST = 8
"""Areas that are told one by one."""
SHADES = " ░▒▓█"


def images_of(asked: Asked, method: str) -> tuple[Column, ...]:
    """The image columns.

    Raises:
        ExplainError: NF-R416 where there are none.
    """
    found = tuple(column for column in asked.schema.columns if column.kind == "image")
    if not found:
        raise ExplainError("NF-R416", f"{method} explains images, and the bundle takes none", hint="ask for shap")
    return found


def mapped(column: Column, output: str, amounts: Array) -> RegionMap:
    """``amounts`` [h, w]: of each area of the image, row by row."""
    height, width = column.shape[:2]
    return RegionMap(column.name, output, height, width, tuple(tuple(map(float, row)) for row in amounts.tolist()))


def areas(explanation: Explanation, account: Account | None) -> tuple[Listing, ...]:
    """Of each image, the areas that matter most for the output of an account."""
    if account is None:
        return ()
    return tuple(_heaviest(found) for found in explanation.maps if found.output == account.output)


def shades(found: RegionMap) -> list[str]:
    """The map as lines of text, two characters an area: the darker, the more an area gives; those that take are
    dots."""
    most = max((v for row in found.amounts for v in row), default=0.0) or 1.0
    return ["".join(2 * _shade(v / most) for v in row) for row in found.amounts]


def _shade(share: float) -> str:
    return "·" if share < 0 else SHADES[min(int(share * len(SHADES)), len(SHADES) - 1)]


def _heaviest(found: RegionMap) -> Listing:
    """The areas that matter most, each by the pixels that it spans, counted from 0 at the top left."""
    tall, wide = len(found.amounts), len(found.amounts[0])
    spans = [_spans(found.height, tall), _spans(found.width, wide)]
    each = [(spans[0][i], spans[1][j], v) for i, row in enumerate(found.amounts) for j, v in enumerate(row) if v]
    ranked = sorted(each, key=lambda area: -abs(area[2]))[:MOST]
    title = f"Areas of {found.column}: what {found.output} owes to them"
    return Listing(title, ("rows", "columns", "amount"), tuple(ranked))


def _spans(pixels: int, areas: int) -> list[str]:
    """First and last pixel of each area; the same where an area is of one, as where areas are more than pixels."""
    edges = [place * pixels // areas for place in range(areas + 1)]
    return [f"{low} to {max(high - 1, low)}" for low, high in pairwise(edges)]
