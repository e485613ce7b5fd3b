"""Images, and where in them the answer was seen: Grad-CAM where a network that ships tells it, else occlusion."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ninefold.core.closer import SeenImage
from ninefold.core.png import data_uri, png, smaller
from ninefold.core.section import Picture
from ninefold.core.table import Array
from ninefold.evaluate.closer.worst import Worst
from ninefold_runtime.explain.asked import Asked
from ninefold_runtime.explain.explanation import Explanation
from ninefold_runtime.explain.methods.grad_cam import GradCam
from ninefold_runtime.explain.methods.occlusion import Occlusion
from ninefold_runtime.schema import Column

MOST, FEWEST = 12, 3
"""Images that are shown."""
SIDE = {1: 96, 3: 64}
"""Pixels of a side that a report shows, by channels."""
MOST_BYTES = 150_000
"""Of all pictures together."""
AREAS = 8
"""Of a side."""
MOST_PIXELS = 8_000_000
"""Pixels that the graph is asked about in all, where areas are covered one after the other."""


@dataclass(frozen=True)
class Looked:
    """``method`` by name, and the share of the ensemble's weight that it tells of."""

    images: tuple[SeenImage, ...] = ()
    method: str = ""
    explained: float = 1.0


def images_of(worst: Worst) -> Looked:
    """The worst images of the first column of images."""
    column = next(iter(worst.columns("image")), None)
    if column is None:
        return Looked()
    maps = worst.maps
    asked = replace(worst.asked, maps=maps)
    found = tuple(_within(_seen(worst, asked, column)))
    if maps is None:
        return Looked(found, "occlusion")
    share = maps(worst.row(worst.order[0])).explained
    return Looked(found, "grad_cam", share)


def _seen(worst: Worst, asked: Asked, column: Column) -> Iterator[SeenImage]:
    """One image after the other, each when it is wanted: the clock may run out in between."""
    most = MOST if asked.maps is not None else _affordable(column)
    method = GradCam() if asked.maps is not None else Occlusion(areas=AREAS)
    for place in worst.rows(column, most):
        seen, output = worst.seen(place), asked.outputs[worst.spoken(place)]
        areas = _areas(method.explain(asked, worst.row(place), seed=0), column, output)
        told = f"A sealed image: true {seen.truth}, said {seen.said}. {_where(areas, output)}"
        yield SeenImage(seen, column.name, pictured(worst.case.rows.columns[column.name][place], told, areas))


def _affordable(column: Column) -> int:
    height, width = column.shape[:2]
    return int(np.clip(MOST_PIXELS // (AREAS * AREAS * height * width), FEWEST, MOST))


def _within(images: Iterator[SeenImage]) -> Iterator[SeenImage]:
    """Until their pictures together would weigh too much."""
    weight = 0
    for image in images:
        weight += len(image.picture.png)
        if weight > MOST_BYTES:
            return
        yield image


def pictured(pixels: Array, told: str, areas: tuple[tuple[float, ...], ...] = ()) -> Picture:
    """[H, W, C] as a report shows it."""
    small = smaller(pixels, SIDE[pixels.shape[2]])
    return Picture(data_uri(png(small)), small.shape[1], small.shape[0], told, areas)


def _areas(explanation: Explanation, column: Column, output: str) -> tuple[tuple[float, ...], ...]:
    """What at most AREAS x AREAS areas give to the output; finer ones are added up."""
    found = next(each for each in explanation.maps if (each.column, each.output) == (column.name, output))
    amounts = np.array(found.amounts)
    for axis in (0, 1):
        long = amounts.shape[axis]
        if long > AREAS:
            amounts = np.add.reduceat(amounts, np.arange(AREAS) * long // AREAS, axis=axis)
    return tuple(tuple(float(f"{v:.3g}") for v in row) for row in amounts.tolist())


def _where(areas: tuple[tuple[float, ...], ...], output: str) -> str:
    """The areas that matter most, in words."""
    amounts = np.array(areas)
    sides = (("for", amounts.argmax(), amounts.max()), ("against", amounts.argmin(), -amounts.min()))
    told = [f"most {way} {output} at the {_place(int(at), amounts.shape)}" for way, at, size in sides if size > 0]
    return f"It speaks {' and '.join(told)}." if told else f"No area alone speaks for or against {output}."


def _place(at: int, shape: tuple[int, ...]) -> str:
    down, across = divmod(at, shape[1])
    rows, columns = ("top", "middle", "bottom"), ("left", "centre", "right")
    return f"{rows[_third(down, shape[0])]} {columns[_third(across, shape[1])]}"


def _third(place: int, of: int) -> int:
    return math.floor(3 * (place + 0.5) / of)
