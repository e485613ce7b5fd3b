"""The plain view of a world as the other views show it: simple stand-ins for the steps of a run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ninefold.core.protocols import Examples, View
from ninefold.core.table import Array


def seen(view: View, train: Examples, test: Examples) -> tuple[Examples, Examples]:
    """Both in ``view``; whatever is learned for it comes from ``train``."""
    if view == "plain":
        return train, test
    show = _scaled if view == "scaled" else _encoded
    return with_columns(train, show(train, train.x)), with_columns(test, show(train, test.x))


def with_columns(data: Examples, x: Array) -> Examples:
    """The same target with other columns, all of them numbers."""
    return replace(data, x=x, names=tuple(f"x{i}" for i in range(x.shape[1])), categorical=())


def _scaled(train: Examples, x: Array) -> Array:
    """Filled with the mean (and a column that says so), z-scored, codes one-hot."""
    parts = [np.zeros((len(x), 0))]
    for i in range(x.shape[1]):
        known = train.x[:, i]
        if i in train.categorical:
            parts.append(np.asarray(x[:, [i]] == np.unique(known[~np.isnan(known)]), float))
        else:
            parts.append(_standard(known, x[:, i]))
    return np.hstack(parts)


def _standard(known: Array, column: Array) -> Array:
    """[N, 1], or [N, 2] where values are missing."""
    gaps = np.isnan(known)
    present = known[~gaps] if not gaps.all() else np.zeros(1)
    scaled = (np.where(np.isnan(column), present.mean(), column) - present.mean()) / (present.std() or 1.0)
    return np.column_stack([scaled, np.isnan(column)] if gaps.any() else [scaled])


def _encoded(train: Examples, x: Array) -> Array:
    """Codes become the mean target of their training rows, drawn towards the mean of all as by ten more rows."""
    out = x.copy()
    for i in train.categorical:
        out[:, i] = np.nan
        for code in np.unique(train.x[~np.isnan(train.x[:, i]), i]):
            rows = train.y[train.x[:, i] == code]
            out[x[:, i] == code, i] = (rows.sum() + 10 * train.y.mean()) / (len(rows) + 10)
    return out
