"""Trees whose leaves are numbered among the inner nodes, as most libraries do; a `Forest` numbers them apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.forest import Forest
from ninefold.forms.links import Link


@dataclass(frozen=True, eq=False)
class Nodes:
    """M nodes, tree after tree, each tree from its root on. ``tree`` [M] numbers the trees from 0; ``left`` and
    ``right`` [M] name nodes (whatever, at leaves); ``values`` [M, K] matter at leaves alone."""

    tree: Array
    is_leaf: Array
    feature: Array
    threshold: Array
    nan_left: Array
    left: Array
    right: Array
    values: Array

    def forest(
        self,
        width: int,
        link: Link,
        native: Callable[[Array], Array],
        rounds: int | None,
        *,
        scores: int | None = None,
        average: bool = False,
        members: Mapping[int, Array] | None = None,
    ) -> Forest:
        """For libraries that round to single precision. ``scores``: of trees with one value a leaf, as in `Forest`;
        ``members`` by node."""
        splits, is_leaf = ~self.is_leaf, self.is_leaf
        number = np.where(is_leaf, ~(np.cumsum(is_leaf) - 1), np.cumsum(splits) - 1).astype(np.int32)
        leaves, row = self.values[is_leaf], None
        if leaves.shape[1] > 1:
            leaves, row = np.unique(leaves, axis=0, return_inverse=True)
        return Forest(
            width=width,
            roots=number[np.flatnonzero(np.diff(self.tree, prepend=-1))],
            feature=self.feature[splits].astype(np.int32),
            threshold=self.threshold[splits],
            nan_left=self.nan_left[splits].astype(bool),
            left=number[self.left[splits]],
            right=number[self.right[splits]],
            leaf_tree=self.tree[is_leaf].astype(np.int32),
            leaves=leaves,
            scores=leaves.shape[1] if scores is None else scores,
            link=link,
            rounds=rounds,
            native=native,
            members={int(number[m]): codes for m, codes in (members or {}).items()},
            single=True,
            average=average,
            leaf_row=None if row is None else row.astype(np.int32),
        )


def joined(parts: Sequence[Nodes]) -> Nodes:
    """Parts whose trees and nodes are numbered from 0 each, as one."""
    names = [f.name for f in fields(Nodes)]
    whole: dict[str, list[Array]] = {name: [getattr(part, name) for part in parts] for name in names}
    nodes = np.cumsum([0, *(len(part.tree) for part in parts)])
    trees = np.cumsum([0, *(part.tree[-1] + 1 for part in parts)])
    for name, first in (("tree", trees), ("left", nodes), ("right", nodes)):
        whole[name] = [numbers + start for numbers, start in zip(whole[name], first[:-1], strict=True)]
    return Nodes(*(np.concatenate(whole[name]) for name in names))
