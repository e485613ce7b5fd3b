"""scikit-learn's decision trees and forests of them as a `Forest`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.forest import Forest
from ninefold.forms.links import Link


def read(
    trees: Sequence[Any], places: Array, link: Link, native: Callable[[Array], Array], rounds: int | None
) -> Forest:
    """The mean of fitted ``DecisionTree*`` estimators; ``places`` [S, K] maps the S outputs of a leaf to K scores."""
    inner = [tree.tree_ for tree in trees]
    sizes = np.array([tree.node_count for tree in inner])
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    left = np.concatenate([tree.children_left for tree in inner])
    right = np.concatenate([tree.children_right for tree in inner])
    is_leaf = left < 0
    # scikit-learn numbers leaves and inner nodes together, a Forest apart.
    splits = ~is_leaf
    number = np.where(is_leaf, ~(np.cumsum(is_leaf) - 1), np.cumsum(splits) - 1).astype(np.int32)
    leaves = np.concatenate([tree.value[:, 0, :] for tree in inner])[is_leaf] @ places
    leaf_row = None
    if leaves.shape[1] > 1:
        leaves, leaf_row = np.unique(leaves, axis=0, return_inverse=True)
    return Forest(
        width=int(inner[0].n_features),
        roots=number[np.cumsum(sizes) - sizes],
        feature=np.concatenate([tree.feature for tree in inner])[splits].astype(np.int32),
        threshold=np.concatenate([tree.threshold for tree in inner])[splits],
        nan_left=np.concatenate([tree.missing_go_to_left for tree in inner])[splits].astype(bool),
        left=number[(left + first)[splits]],
        right=number[(right + first)[splits]],
        leaf_tree=np.repeat(np.arange(len(trees), dtype=np.int32), sizes)[is_leaf],
        leaves=leaves,
        scores=places.shape[1],
        link=link,
        rounds=rounds,
        native=native,
        single=True,
        average=len(trees) > 1,
        leaf_row=None if leaf_row is None else leaf_row.astype(np.int32),
    )
