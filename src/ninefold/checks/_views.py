"""The plain view of a world as the other views show it: simple stand-ins for the steps of a run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ninefold.core.protocols import TABLES, Examples, View
from ninefold.core.table import Array

APART = "a column of its view means nothing by itself"
"""Why checks of columns do not apply to images, tokens and series."""
EACH = 4
"""Pixels or steps that a value is drawn as."""


def seen(view: View, train: Examples, test: Examples) -> tuple[Examples, Examples]:
    """Both in ``view``; whatever is learned for it comes from ``train``."""
    if view == "plain":
        return train, test
    if view not in TABLES:
        return tuple(_drawn(view, train, data) for data in (train, test))  # type: ignore[return-value]
    show = _scaled if view == "scaled" else _encoded
    return with_columns(train, show(train, train.x)), with_columns(test, show(train, test.x))


def _drawn(view: View, train: Examples, data: Examples) -> Examples:
    """Every column as a grey square of an image, as a word for its value, or as a level of a series."""
    draw = {"pixels": _pixels, "tokens": _tokens, "series": _levels}[view]
    cells = draw(_shares(train.x, data.x))
    return replace(with_columns(data, cells.reshape(len(cells), -1)), shape=cells.shape[1:])


def _shares(known: Array, x: Array) -> Array:
    """[N, D]: the share of known values below each value; NaN where it is missing."""
    below = [
        np.searchsorted(np.sort(k[~np.isnan(k)]), column) / max(1, (~np.isnan(k)).sum())
        for k, column in zip(known.T, x.T, strict=True)
    ]
    return np.where(np.isnan(x), np.nan, np.column_stack(below)) if below else np.zeros((len(x), 0))


def _pixels(shares: Array) -> Array:
    """[N, H, W, 1], squares of EACH by EACH pixels, row by row; black is missing."""
    side = int(np.ceil(np.sqrt(shares.shape[1])))
    grey = np.zeros((len(shares), side * side))
    grey[:, : shares.shape[1]] = np.nan_to_num(55 + 200 * shares)
    squares = grey.reshape(-1, side, side).astype(np.uint8)
    return squares.repeat(EACH, axis=1).repeat(EACH, axis=2)[..., None]


def _tokens(shares: Array) -> Array:
    """[N, D + 1]: a word for each column and tenth of its values, one more for what is missing, and padding."""
    words = 2 + 10 * np.arange(shares.shape[1]) + np.minimum(np.nan_to_num(shares * 10), 9).astype(np.int64)
    words = np.where(np.isnan(shares), 1, words)
    return np.column_stack([words, np.zeros(len(words), np.int64)])


def _levels(shares: Array) -> Array:
    """[N, T, 1]: EACH steps for each column; NaN is missing."""
    return shares.repeat(EACH, axis=1)[..., None]


def with_columns(data: Examples, x: Array) -> Examples:
    """The same target with other columns, all of them numbers."""
    return replace(data, x=x, shape=(), names=tuple(f"x{i}" for i in range(x.shape[1])), categorical=())


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
