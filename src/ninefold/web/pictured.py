"""Images of the playground: what a form holds of them, what the graph sees of them, and where in them it saw it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ninefold.core.png import data_uri, png, smaller
from ninefold.core.section import Picture
from ninefold.core.table import Array
from ninefold_runtime.explain.explanation import RegionMap
from ninefold_runtime.pictures import pixels
from ninefold_runtime.schema import Column

SIDE = 224
"""Pixels of a side that a page shows."""
UNREADABLE = "not an image"
"""In place of a file that is none, so that the graph's note says so."""


def held(column: Column, sent: bytes) -> str:
    """An encoded image as the graph sees it: a data URI of so many pixels, which a form can send again.

    Raises:
        TableError: NF-R250 without Pillow.
    """
    made = pixels(sent, column.shape)
    return data_uri(png(made)) if made.any() else UNREADABLE


def shown(columns: tuple[Column, ...], row: Mapping[str, object]) -> Iterator[Picture]:
    """The images of a row."""
    for column in columns:
        if column.kind == "image" and row.get(column.name) not in (None, UNREADABLE):
            yield _picture(pixels(row[column.name], column.shape), f"{column.name}, as the graph sees it")


def mapped(found: RegionMap, image: Array) -> Picture:
    """[H, W, C], and beside it what its areas give."""
    told = f"{found.column}, and where it speaks for (+) and against (−) {found.output}"
    return _picture(image, told, found.amounts)


def _picture(image: Array, told: str, areas: tuple[tuple[float, ...], ...] = ()) -> Picture:
    small = smaller(image, SIDE)
    return Picture(data_uri(png(small)), small.shape[1], small.shape[0], told, areas)
