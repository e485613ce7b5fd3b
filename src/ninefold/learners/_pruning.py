"""Minimal cost-complexity pruning of a fitted scikit-learn tree, for many prices at once.

Breiman, Friedman, Olshen and Stone 1984, chapter 3: a subtree costs its risk plus a price per leaf.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ninefold.core.table import Array

CANDIDATES = 50


def prices(alphas: Array) -> Array:
    """Prices that lie between the ones at which the tree shrinks, at most `CANDIDATES`, rising, dense among the high.

    ``alphas`` [P] are the prices at which it shrinks, rising, the last of them to its root. Between two of them the
    geometric mean stands for all, so that rounding cannot matter.
    """
    alphas = np.unique(np.maximum(alphas, 0.0))
    between = np.sqrt(alphas * np.append(alphas[1:], 4 * alphas[-1]))
    chosen = np.unique(np.geomspace(1, len(between), CANDIDATES).astype(int))
    return np.asarray(between[len(between) - chosen[::-1]])


def pruned_at(tree: Any, prices: Array) -> Array:
    """[nodes, P]: whether a node of ``tree`` (scikit-learn's ``Tree``) ends its branch at a price."""
    risk = tree.impurity * tree.weighted_n_node_samples / tree.weighted_n_node_samples[0]
    cost = risk[:, None] + prices
    ends = np.ones(cost.shape, bool)
    # Children have higher numbers than their parent, so that backwards means upwards.
    for node in np.flatnonzero(tree.children_left >= 0)[::-1]:
        below = cost[tree.children_left[node]] + cost[tree.children_right[node]]
        ends[node] = cost[node] <= below
        np.minimum(cost[node], below, out=cost[node])
    return ends


def predictions(tree: Any, x: Array, prices: Array) -> list[Array]:
    """What the tree pruned at each price says of each row: P arrays [N, S]."""
    ends = pruned_at(tree, prices)
    paths = tree.decision_path(x)
    reached = [
        np.minimum.reduceat(np.where(ends[paths.indices, p], paths.indices, tree.node_count), paths.indptr[:-1])
        for p in range(len(prices))
    ]
    return [tree.value[nodes, 0, :] for nodes in reached]


def one_standard_error(errors: Array) -> int:
    """The last column of ``errors`` [folds, P] whose mean is within one standard error of the lowest mean."""
    mean = errors.mean(axis=0)
    best = int(mean.argmin())
    margin = errors[:, best].std(ddof=1) / np.sqrt(len(errors)) if len(errors) > 1 else 0.0
    return int(np.flatnonzero(mean <= mean[best] + margin)[-1])
