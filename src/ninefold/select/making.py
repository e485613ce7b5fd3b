"""Rows that are made of true ones, to ask a teacher about: a row with some of its cells taken from one that is near,
its images moved a little.

After MUNGE (Bucilua, Caruana and Niculescu-Mizil 2006), without its noise: what teachers made of trees say changes in
steps, and a made number should be one that columns have.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ninefold.core.table import Array, Rows
from ninefold.metrics._alike import axes, nearest
from ninefold_runtime.schema import Column

NEIGHBOURS = 5
SWAPPED = 0.3
"""Share of the cells that come from the other row."""
MOVED = 0.1
"""Share of their sides by which images are moved at most; what is left empty is as the edge was."""


def made_of(rows: Rows, columns: Sequence[Column], count: int, rng: np.random.Generator) -> Rows:
    """``count`` made rows; none where there are too few to have neighbours. Their target is nobody's, and is 0."""
    if len(rows) <= NEIGHBOURS or not columns or not count:
        return rows.take(np.empty(0, np.int64))
    bases = np.concatenate(_turns(len(rows), count, rng))
    near = nearest(axes(columns, [rows.columns[column.name] for column in columns]), NEIGHBOURS, rng)
    others = near[bases, rng.integers(NEIGHBOURS, size=count)]
    images = {column.name for column in columns if column.kind == "image"}
    cells = {
        name: _moved(values[bases], rng) if name in images else _mixed(values, bases, others, rng)
        for name, values in rows.columns.items()
    }
    return Rows(cells, np.zeros((count, *rows.target.shape[1:]), rows.target.dtype))


def _turns(rows: int, count: int, rng: np.random.Generator) -> list[Array]:
    """Every row as often as every other, up to one: permutations, the last of them cut short."""
    return [rng.permutation(rows)[: count - start] for start in range(0, count, rows)]


def _moved(images: Array, rng: np.random.Generator) -> Array:
    """Images [M, H, W, C], each by steps of its own."""
    places = []
    for side in images.shape[1:3]:
        most = round(MOVED * side)
        step = rng.integers(-most, most + 1, size=(len(images), 1))
        places.append(np.clip(np.arange(side) + step, 0, side - 1))
    return np.asarray(images[np.arange(len(images))[:, None, None], places[0][:, :, None], places[1][:, None, :]])


def _mixed(values: Array, first: Array, second: Array, rng: np.random.Generator) -> Array:
    return np.where(rng.random(len(first)) < SWAPPED, values[second], values[first])
