"""Are the trees of a ``TreeEnsemble`` trees? ONNX Runtime 1.32 follows a line of 100,000 nodes until its stack ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime.safety.onnx import STRING, numbers, sizes
from ninefold_runtime.safety.protobuf import Malformed

DEEPEST = 10_000
MEMBER = 6
Array = NDArray[Any]


def checked_trees(data: bytes, attributes: Mapping[str, Any], width: int) -> int:
    """The number of nodes: no row visits more. ``width``: columns of the input, at most.

    Raises:
        Malformed: lists differ in length, numbers point nowhere, nodes have two parents, or trees are too deep.
    """
    feature = _list(attributes, "nodes_featureids")
    branches = [_branch(attributes, side, len(feature)) for side in ("true", "false")]
    targets = _list(attributes, "leaf_targetids")
    modes, weights = _tensor(data, attributes, "nodes_modes"), _tensor(data, attributes, "leaf_weights")
    tracks, splits = _list(attributes, "nodes_missing_value_tracks_true"), _tensor(data, attributes, "nodes_splits")
    if not len(feature) == len(modes) == len(splits) == (len(tracks) or len(feature)) or len(weights) != len(targets):
        raise Malformed("tree-lists", "the lists that describe trees differ in length")
    sets = int(np.isnan(_tensor(data, attributes, "membership_values")).sum())
    if sets != int((modes == MEMBER).sum()):
        raise Malformed("tree-lists", "not every node that asks for members has a set of them")
    _within(feature, width, "columns")
    _within(targets, attributes.get("n_targets", 0), "targets")
    _grown(_list(attributes, "tree_roots"), branches, len(feature), len(targets))
    return len(feature)


def _list(attributes: Mapping[str, Any], name: str) -> Array:
    return np.asarray(attributes.get(name, ()), np.int64)


def _tensor(data: bytes, attributes: Mapping[str, Any], name: str) -> Array:
    if name not in attributes:
        return np.empty(0)
    if len(sizes(attributes[name])) != 1 or attributes[name]["data_type"] == STRING:
        raise Malformed("tree-lists", f"{name} is no list of numbers")
    made: Array = numbers(data, attributes[name])
    return made


def _branch(attributes: Mapping[str, Any], side: str, nodes: int) -> tuple[Array, Array]:
    """Where a branch leads, and whether that is a leaf."""
    to, leafs = _list(attributes, f"nodes_{side}nodeids"), _list(attributes, f"nodes_{side}leafs")
    if len(to) != nodes or len(leafs) != nodes:
        raise Malformed("tree-lists", "the lists that describe trees differ in length")
    return to, leafs != 0


def _within(values: Array, size: int, what: str) -> None:
    if len(values) and (values.min() < 0 or values.max() >= size):
        raise Malformed("tree-range", f"trees name {what} that are not there")


def _grown(roots: Array, branches: list[tuple[Array, Array]], nodes: int, leaves: int) -> None:
    """Walk all trees at once, level by level: a node that is reached twice makes more than there are."""
    _within(roots, nodes, "roots")
    for to, is_leaf in branches:
        _within(to[is_leaf], leaves, "leaves")
        _within(to[~is_leaf], nodes, "nodes")
    level, seen = roots, 0
    for _ in range(DEEPEST):
        seen += len(level)
        if not len(level) or seen > nodes:
            break
        level = np.concatenate([to[level][~is_leaf[level]] for to, is_leaf in branches])
    if seen > nodes:
        raise Malformed("tree-shape", "its trees are none: a node has two parents, or is above itself")
    if len(level):
        raise Malformed("tree-depth", f"its trees are deeper than {DEEPEST} nodes")
