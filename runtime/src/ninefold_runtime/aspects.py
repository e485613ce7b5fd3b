"""What a column of images or series is watched by: simple numbers of each cell, as columns of their own.

Nobody can compare the distribution of whole images with another by looking at a value. Brightness, contrast, sharpness
and the mean of each colour can be compared, and tell what goes wrong in use: a darker room, a dirty lens, another
camera. All other columns stand for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent

Array = NDArray[Any]
GREY = np.array([0.299, 0.587, 0.114])
"""Of red, green and blue (ITU-R BT.601)."""
CHANNELS = ("red", "green", "blue")
AT_ONCE = 512
"""Images whose numbers are found at once: the room that they take as floats is eight times their own."""


def aspects(column: Column) -> tuple[Column, ...]:
    """Number columns named after the column and what they measure; of plain columns the column itself."""
    if column.kind != "image":
        return (column,)
    names = (f"{column.name} {what}" for what in _names(column))
    return tuple(Column(name=name, kind="number", missing=column.missing) for name in names)


def all_aspects(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Of several columns, in their order."""
    return tuple(aspect for column in columns for aspect in aspects(column))


def aspect_arrays(column: Column, array: Array) -> dict[str, Array]:
    """The values of a wired column's `aspects`, [N] each, NaN where the cell is missing."""
    if column.kind != "image":
        return {column.name: array}
    parts = [_measured(array[start : start + AT_ONCE]) for start in range(0, max(len(array), 1), AT_ONCE)]
    values = np.concatenate(parts)
    values[absent(array)] = np.nan
    return {aspect.name: values[:, i] for i, aspect in enumerate(aspects(column))}


def with_aspects(columns: Iterable[Column], arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Wired columns, with the aspects of images in their place."""
    found: dict[str, Array] = {}
    for column in columns:
        found |= aspect_arrays(column, arrays[column.name])
    return found


def _names(column: Column) -> tuple[str, ...]:
    coloured = column.shape[2] == len(CHANNELS)
    return ("brightness", "contrast", "sharpness", *(CHANNELS if coloured else ()))


def _measured(images: Array) -> Array:
    """[N, 3 or 6]: mean and spread of grey, mean size of what sets a pixel apart from those around it, means of
    colours; all on the scale 0 to 255."""
    levels = images.astype(np.float64)
    coloured = images.shape[3] == len(CHANNELS)
    grey = levels @ GREY if coloured else levels[..., 0]
    sides = (1, 2)
    return np.column_stack(
        [
            grey.mean(axis=sides),
            grey.std(axis=sides),
            _sharpness(grey),
            *(levels.mean(axis=sides).T if coloured else ()),
        ]
    )


def _sharpness(grey: Array) -> Array:
    """Mean absolute Laplacian; 0 of images without an inside."""
    if min(grey.shape[1:]) < 3:
        return np.zeros(len(grey))
    inside = grey[:, 1:-1, 1:-1]
    around = grey[:, :-2, 1:-1] + grey[:, 2:, 1:-1] + grey[:, 1:-1, :-2] + grey[:, 1:-1, 2:]
    return np.asarray(np.abs(around - 4 * inside).mean(axis=(1, 2)))
