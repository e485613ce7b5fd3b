"""In which band between a column's edges a number lies: one tree per column, so that wide tables stay fast."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.forest import Forest
from ninefold.forms.onnx import Var


def bands(block: Var, edges: Sequence[Array]) -> Var:
    """[N, k] numbers to [N, k] whole numbers (float64): how many of the column's ascending ``edges`` lie below the
    number. NaN lies above all."""
    return _forest(edges).graph(block)


def band_of(values: Array, edges: Sequence[Array]) -> Array:
    """`bands` in NumPy."""
    pairs = zip(values.T, edges, strict=True)
    return np.column_stack([np.searchsorted(inner, column) for column, inner in pairs]).astype(np.float64)


def _forest(edges: Sequence[Array]) -> Forest:
    """Column i's tree is balanced: the node of an edge sends the bands up to it to the left."""
    counts = np.array([len(inner) for inner in edges])
    first_node = np.cumsum(counts) - counts
    first_leaf = first_node + np.arange(len(counts))
    left, right = np.zeros((2, counts.sum()), np.int64)
    roots = [
        _split(0, int(count) + 1, int(node), int(leaf), left, right)
        for count, node, leaf in zip(counts, first_node, first_leaf, strict=True)
    ]
    return Forest(
        width=len(edges),
        roots=np.array(roots),
        feature=np.repeat(np.arange(len(counts)), counts),
        threshold=np.concatenate([*edges, np.empty(0)]),
        nan_left=np.zeros(counts.sum(), bool),
        left=left,
        right=right,
        leaf_tree=np.repeat(np.arange(len(counts)), counts + 1),
        leaves=np.concatenate([np.arange(count + 1.0) for count in counts])[:, None],
        scores=len(edges),
        link="identity",
        rounds=None,
        native=lambda values: band_of(values, edges),
    )


def _split(low: int, high: int, node: int, leaf: int, left: Array, right: Array) -> int:
    """Lay out the bands low..high-1 of a tree whose first node and leaf are given; returns their root."""
    if high - low == 1:
        return ~(leaf + low)
    middle = (low + high) // 2
    here = node + middle - 1
    left[here] = _split(low, middle, node, leaf, left, right)
    right[here] = _split(middle, high, node, leaf, left, right)
    return here
