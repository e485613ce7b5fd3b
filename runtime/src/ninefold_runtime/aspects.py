"""What a column of images, series or texts is watched by: simple numbers of each cell, as columns of their own.

Nobody can compare the distribution of whole images with another by looking at a value. Brightness, contrast, sharpness
and the mean of each colour can be compared, and tell what goes wrong in use: a darker room, a dirty lens, another
camera. Of series it is their level, spread, slope and length, and how much of them is missing. Texts stand for
themselves, their length that is, and have the share of words beside it that few training texts have; all other columns
stand for themselves alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.schema import Column
from ninefold_runtime.vocabulary import unknown, voters
from ninefold_runtime.wire import absent

Array = NDArray[Any]
GREY = np.array([0.299, 0.587, 0.114])
"""Of red, green and blue (ITU-R BT.601)."""
CHANNELS = ("red", "green", "blue")
OF_SERIES = ("level", "spread", "slope", "length", "missing")
UNKNOWN_WORDS = "unknown words"
AT_ONCE = 512
"""Images or series whose numbers are found at once: the room that they take as floats is eight times their own."""


def aspects(column: Column) -> tuple[Column, ...]:
    """Number columns named after the column and what they measure; of plain columns the column itself."""
    if not column.shape:
        beside = Column(name=f"{column.name} {UNKNOWN_WORDS}", kind="number", missing=column.missing)
        return (column, beside) if column.words else (column,)
    what_of = OF_SERIES if column.kind == "series" else _names(column)
    names = (f"{column.name} {what}" for what in what_of)
    return tuple(Column(name=name, kind="number", missing=column.missing) for name in names)


def all_aspects(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Of several columns, in their order."""
    return tuple(aspect for column in columns for aspect in aspects(column))


def aspect_arrays(column: Column, array: Array) -> dict[str, Array]:
    """The values of a wired column's `aspects`, [N] each, NaN where the cell is missing."""
    if not column.shape:
        itself = {column.name: array}
        return itself | {f"{column.name} {UNKNOWN_WORDS}": unknown(array, column.words)} if column.words else itself
    measure = _measured_series if column.kind == "series" else _measured
    parts = [measure(array[start : start + AT_ONCE]) for start in range(0, max(len(array), 1), AT_ONCE)]
    values = np.concatenate(parts)
    values[absent(array)] = np.nan
    return {aspect.name: values[:, i] for i, aspect in enumerate(aspects(column))}


def with_aspects(columns: Iterable[Column], arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Wired columns, with the aspects of images in their place."""
    found: dict[str, Array] = {}
    for column in columns:
        found |= aspect_arrays(column, arrays[column.name])
    return found


def remembered(columns: Iterable[Column], arrays: Mapping[str, Array]) -> dict[str, Array]:
    """`with_aspects` of rows that are to be compared with: texts that chose the words are no measure of the others."""
    kept = list(columns)
    found = with_aspects(kept, arrays)
    for column in kept:
        if column.words:
            name = f"{column.name} {UNKNOWN_WORDS}"
            found[name] = found[name][~voters(arrays[column.name])]
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


def _measured_series(series: Array) -> Array:
    """[N, 5] as `OF_SERIES` names them: mean and standard deviation, the least squares slope from moment to moment,
    moments up to the last that is there, and the share of these that are missing."""
    there = np.isfinite(series)
    count = np.maximum(there.sum(axis=1), 1)
    values = np.where(there, series, 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        level = values.sum(axis=1) / count
        apart = np.where(there, series - level[:, None], 0.0)
        moments = np.arange(series.shape[1], dtype=np.float64)
        off = np.where(there, moments - (there @ moments / count)[:, None], 0.0)
        slope = (off * apart).sum(axis=1) / np.maximum((off**2).sum(axis=1), 1.0)
        spread = np.sqrt((apart**2).sum(axis=1) / count)
    length = (there * (moments + 1)).max(axis=1)
    return np.column_stack([level, spread, slope, length, 1 - there.sum(axis=1) / np.maximum(length, 1)])
