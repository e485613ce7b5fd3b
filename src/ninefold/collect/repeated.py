"""Do sealed rows have twins among the rows to learn from? Told by how much nearer the nearest row is than the next.

Only numbers and dates of which many differ are looked at: rows that agree in nothing but a few categories and small
whole numbers agree by chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ninefold.collect.values import absent
from ninefold.core.clock import Clock
from ninefold.core.table import Array
from ninefold_runtime.pvalues import normal_below

if TYPE_CHECKING:
    from polars import Series

ASKED, RANK, FURTHER = 400, 5, 10
"""Sealed rows looked at, and the neighbours that the nearest one is compared with."""
CLOSE = 0.02
"""Of the distance to neighbour `RANK`: what a twin's is below."""
DIMENSION = 2.0
"""Directions that rows are taken to be spread in at least."""
SHARE, LEVEL = 0.03, 1e-4
DIFFERENT, MISSING = 0.5, 0.05
"""Share of different values from which on a column tells rows apart, and the share of gaps up to which it does."""
FEWEST_COLUMNS, FEWEST_ROWS = 3, 50
CHUNK, MOST = 10_000, 200_000
"""Rows to learn from that are compared at once, and in all."""


def twins(values: list[Series], learnt: Array, held: Array, rng: np.random.Generator, clock: Clock) -> float:
    """Share of the rows ``held`` with a twin among ``learnt`` (positions); 0 where that may be chance.

    ``values`` are columns in wire form. Looks at as many rows to learn from as ``clock`` allows.
    """
    asked, among = rng.permutation(held)[:ASKED], rng.permutation(learnt)[:MOST]
    rows = np.concatenate([asked, among])
    telling = [scaled for column in values if (scaled := _telling(column.gather(rows))) is not None]
    if len(telling) < FEWEST_COLUMNS or min(len(asked), len(among)) < FEWEST_ROWS:
        return 0.0
    x = np.column_stack(telling)
    near = _nearest(x[: len(asked)], x[len(asked) :], clock)
    close = near[:, 0] < CLOSE * near[:, RANK - 1]
    share, chance = float(close.mean()), expected(_dimension(near))
    surprise = (share - chance) / np.sqrt(chance * (1 - chance) / len(close))
    return share if share > SHARE and normal_below(float(surprise)) < LEVEL else 0.0


def expected(dimension: float = DIMENSION) -> float:
    """Share of rows whose nearest neighbour is that close by chance, the rows being spread evenly."""
    return float(1 - (1 - CLOSE**dimension) ** (RANK - 1))


def _telling(column: Series) -> Array | None:
    """A column of numbers or dates at unit spread, gaps in the middle; None where too few of its values differ."""
    if not column.dtype.is_numeric() or column.n_unique() < DIFFERENT * len(column):
        return None
    if int(absent(column).sum()) > MISSING * len(column):
        return None
    known = column.to_numpy().astype(np.float64)
    middle, low, high = np.nanquantile(known, [0.5, 0.05, 0.95])
    return np.nan_to_num((known - middle) / (high - low)) if high > low else None


def _nearest(asked: Array, among: Array, clock: Clock) -> Array:
    """[A, FURTHER] distances, rising, from each row asked for to its nearest ones among others."""
    near = np.full((len(asked), FURTHER), np.inf)
    for start in range(0, len(among), CHUNK):
        others = among[start : start + CHUNK]
        squares = (asked**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * asked @ others.T
        both = np.hstack([near, np.maximum(squares, 0.0)])
        near = np.sort(np.partition(both, FURTHER - 1, axis=1)[:, :FURTHER], axis=1)
        if clock.left <= 0:
            break
    return np.asarray(np.sqrt(near))


def _dimension(near: Array) -> float:
    """Of the surface that rows lie on, by how fast the number of neighbours grows with the distance."""
    known = near[near[:, RANK - 1] > 0]
    if not len(known):
        return DIMENSION
    growth = np.log(known[:, FURTHER - 1] / known[:, RANK - 1]).mean()
    return min(DIMENSION, float(np.log(FURTHER / RANK) / growth)) if growth > 0 else DIMENSION
