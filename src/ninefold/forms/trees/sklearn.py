"""scikit-learn's decision trees and forests of them as a `Forest`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.forest import Forest
from ninefold.forms.links import Link
from ninefold.forms.trees._nodes import Nodes, joined


def read(
    trees: Sequence[Any], places: Array, link: Link, native: Callable[[Array], Array], rounds: int | None
) -> Forest:
    """The mean of fitted ``DecisionTree*`` estimators; ``places`` [S, K] maps the S outputs of a leaf to K scores."""
    values = [tree.tree_.value[:, 0, :] @ places for tree in trees]
    return read_values(trees, values, link, native, rounds, average=len(trees) > 1)


def read_values(
    trees: Sequence[Any],
    values: Sequence[Array],
    link: Link,
    native: Callable[[Array], Array],
    rounds: int | None,
    *,
    average: bool = False,
) -> Forest:
    """The sum, or the average, of trees whose nodes are worth what ``values`` say: [nodes, K] for each tree."""
    nodes = joined([_nodes(tree.tree_, value) for tree, value in zip(trees, values, strict=True)])
    return nodes.forest(int(trees[0].tree_.n_features), link, native, rounds, average=average)


def _nodes(tree: Any, values: Array) -> Nodes:
    return Nodes(
        tree=np.zeros(tree.node_count, int),
        is_leaf=tree.children_left < 0,
        feature=tree.feature,
        threshold=tree.threshold,
        nan_left=tree.missing_go_to_left,
        left=tree.children_left,
        right=tree.children_right,
        values=values,
    )
