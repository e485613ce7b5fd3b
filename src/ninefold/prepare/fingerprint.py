"""What a column says, as a hash: equal for columns that say the same under other names."""

from __future__ import annotations

import hashlib

import numpy as np

from ninefold.core.table import Array


def fingerprint(values: Array) -> bytes:
    """Equal for columns that say the same: few values renamed, or many numbers shifted and stretched."""
    said = _said(values)
    return hashlib.sha256(said.data).digest() + said.dtype.kind.encode()


def _said(values: Array) -> Array:
    """What `fingerprint` compares, in one piece of memory."""
    if values.dtype.kind == "O":
        return _said_in_words(values)
    _, first, code = np.unique(values, return_index=True, return_inverse=True)
    if len(first) > len(values) // 2:
        return _standardised(values) if values.dtype.kind == "f" else values.copy()
    order = np.empty(len(first), np.int64)
    order[np.argsort(first)] = np.arange(len(first))
    return np.asarray(order[code])


def _said_in_words(values: Array) -> Array:
    """The place of each value in the order of first appearance; the values themselves where most differ."""
    cells = values.tolist()
    places = {value: place for place, value in enumerate(dict.fromkeys(cells))}
    if len(places) <= len(cells) // 2:
        return np.array([places[cell] for cell in cells], np.int64)
    return np.frombuffer("\0".join(cells).encode(), np.uint8)


def _standardised(values: Array) -> Array:
    values = values / (np.nanmax(np.abs(values)) or 1.0)  # squares of the largest numbers overflow
    centre, spread = np.nanmean(values), np.nanstd(values)
    rounded: Array = np.round((values - centre) / (spread or 1.0), 9) + 0.0  # -0.0 becomes 0.0
    return np.where(np.isnan(rounded), np.inf, rounded)
