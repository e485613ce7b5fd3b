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
    places = zip(counts.tolist(), first_node.tolist(), first_leaf.tolist(), strict=True)
    trees = [_balanced(count, node, leaf) for count, node, leaf in places]
    return Forest(
        width=len(edges),
        roots=np.array([root for root, _ in trees]),
        feature=np.repeat(np.arange(len(counts)), counts),
        threshold=np.concatenate([*edges, np.empty(0)]),
        nan_left=np.zeros(counts.sum(), bool),
        left=_children(trees, 0),
        right=_children(trees, 1),
        leaf_tree=np.repeat(np.arange(len(counts)), counts + 1),
        leaves=np.concatenate([np.arange(count + 1.0) for count in counts])[:, None],
        scores=len(edges),
        link="identity",
        rounds=None,
        native=lambda values: band_of(values, edges),
    )


Tree = tuple[int, dict[int, tuple[int, int]]]
"""A root, and the two children of each node; a leaf l is ~l."""


def _balanced(edges: int, node: int, leaf: int) -> Tree:
    """The tree whose nodes and leaves are numbered from ``node`` and ``leaf`` on."""
    children: dict[int, tuple[int, int]] = {}

    def split(low: int, high: int) -> int:
        """The root of the bands low..high-1."""
        if high - low == 1:
            return ~(leaf + low)
        middle = (low + high) // 2
        children[node + middle - 1] = split(low, middle), split(middle, high)
        return node + middle - 1

    return split(0, edges + 1), children


def _children(trees: Sequence[Tree], side: int) -> Array:
    pairs = dict(pair for _, children in trees for pair in children.items())
    return np.array([pairs[node][side] for node in sorted(pairs)], np.int64)
