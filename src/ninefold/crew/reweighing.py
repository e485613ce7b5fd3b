"""Rows drawn anew so that the class of a row does not depend on its group."""

from __future__ import annotations

import dataclasses

import numpy as np

from ninefold.core.protocols import Examples
from ninefold.core.table import Array


def reweighed(data: Examples, rng: np.random.Generator) -> Examples:
    """As many examples, in which every group has all classes in the same shares.

    Kamiran and Calders 2012 give a row of group s and class y the weight P(s) P(y) / P(s, y); learners take no weights,
    so that rows are drawn by them: of a cell with too many rows some are left out, of one with too few some are twice.
    """
    if data.sensitive is None:
        return data
    groups, y = data.sensitive.groups, data.y
    drawn = [np.empty(0, np.int64)]
    for group in np.unique(groups):
        for label in np.unique(y):
            cell = np.flatnonzero((groups == group) & (y == label))
            drawn.append(_sized(cell, round(float((groups == group).mean() * (y == label).sum())), rng))
    index = np.sort(np.concatenate(drawn))
    sensitive = data.sensitive.take(index)
    return dataclasses.replace(data, x=np.asarray(data.x[index]), y=y[index], sensitive=sensitive)


def _sized(rows: Array, size: int, rng: np.random.Generator) -> Array:
    """So many of the rows: each as often as any other, give or take one."""
    if not len(rows):
        return rows
    whole, rest = divmod(size, len(rows))
    return np.concatenate([np.tile(rows, whole), rng.permutation(rows)[:rest]])
