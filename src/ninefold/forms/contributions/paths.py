"""What is expected at each node of a forest, and what the questions on the way to each leaf change of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.forest import Forest

UNSEEN = 0.5
"""Rows that each leaf counts for beyond those that were seen to reach it."""


@dataclass(frozen=True, eq=False)
class Walk:
    """Nodes and leaves of a forest in one row: node m at m, leaf l behind the M nodes.

    ``levels`` are the nodes at each depth, the roots first; ``left`` and ``right`` [M] are children; ``value``
    [M + L, V] what is expected of a row that comes there.
    """

    roots: Array
    feature: Array
    levels: tuple[Array, ...]
    left: Array
    right: Array
    value: Array

    @classmethod
    def of(cls, forest: Forest, visits: Array) -> Walk:
        """``visits`` [L]: how many rows reach each leaf."""
        inner = len(forest.feature)
        roots, left, right = (_placed(child, inner) for child in (forest.roots, forest.left, forest.right))
        levels = tuple(_levels(roots, left, right))
        leaves = forest.leaves if forest.leaf_row is None else forest.leaves[forest.leaf_row]
        rows = np.concatenate([np.zeros(inner), visits + UNSEEN])
        value = np.concatenate([np.zeros((inner, leaves.shape[1])), leaves])
        for level in reversed(levels):
            one, other = left[level], right[level]
            rows[level] = rows[one] + rows[other]
            weighted = rows[one, None] * value[one] + rows[other, None] * value[other]
            value[level] = weighted / rows[level, None]
        return cls(roots, forest.feature, levels, left, right, value)

    @property
    def expected(self) -> Array:
        """[T, V]: of each tree, before it has asked anything."""
        return np.asarray(self.value[self.roots])

    def gains(self, shares: Array) -> Array:
        """[L, V, C]: what C raw columns change on the way to each leaf; ``shares`` [D, C] they have in the columns."""
        gains = np.zeros((*self.value.shape, shares.shape[1]))
        for level in self.levels:
            credit = shares[self.feature[level]][:, None, :]
            for child in (self.left[level], self.right[level]):
                gains[child] = gains[level] + (self.value[child] - self.value[level])[:, :, None] * credit
        return gains[len(self.left) :]


def _placed(child: Array, inner: int) -> Array:
    """Children, with leaf l, which a forest calls ~l, behind the ``inner`` nodes."""
    return np.where(child < 0, inner + ~child, child).astype(np.int64)


def _levels(roots: Array, left: Array, right: Array) -> list[Array]:
    levels, level = list[Array](), roots[roots < len(left)]
    while len(level):
        levels.append(level)
        children = np.concatenate([left[level], right[level]])
        level = children[children < len(left)]
    return levels
