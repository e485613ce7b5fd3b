"""XGBoost's JSON model as a `Forest`: numbers are written there so that they read back to the same single precision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.forest import Forest
from ninefold.forms.links import Link
from ninefold.forms.trees._nodes import Nodes, joined


def read(
    model: Mapping[str, Any],
    link: Link,
    native: Callable[[Array], Array],
    *,
    factor: float = 1.0,
    offset: float = 0.0,
) -> Forest:
    """The forest of ``booster.save_raw("json")``, parsed; leaves times ``factor``, ``offset`` added to each score.

    Raises:
        ValueError: for trees with a vector in each leaf, and for boosters other than trees.
    """
    learner = model["learner"]
    if learner["gradient_booster"]["name"] != "gbtree":
        raise ValueError("only boosted trees have a graph")
    grown = learner["gradient_booster"]["model"]
    trees, per_round = grown["trees"], int(learner["learner_model_param"]["num_class"]) or 1
    if any(int(tree["tree_param"]["size_leaf_vector"]) > 1 for tree in trees):
        raise ValueError("trees with a vector in each leaf have no graph")
    nodes = joined([_nodes(tree) for tree in trees])
    first = nodes.tree < per_round
    nodes.values[:] *= factor
    nodes.values[first] += (_start(learner, link, per_round) * factor + offset)[nodes.tree[first], None]
    width = int(learner["learner_model_param"]["num_feature"])
    rounds = len(trees) // per_round
    return nodes.forest(width, link, native, rounds, scores=per_round, members=_members(trees))


def _start(learner: Mapping[str, Any], link: Link, scores: int) -> Array:
    """[scores]: what a row scores before the first tree."""
    said = learner["learner_model_param"]["base_score"].strip("[]")
    start = np.broadcast_to(np.array([float(number) for number in said.split(",")]), scores)
    return np.log(start / (1.0 - start)) if link == "sigmoid" else start


def _nodes(tree: Mapping[str, Any]) -> Nodes:
    left, right = np.array(tree["left_children"], int), np.array(tree["right_children"], int)
    by_set = np.array(tree["split_type"], int) == 1
    # A member of the set goes right in XGBoost, left in a Forest; whatever is no member goes the other way.
    left, right = np.where(by_set, right, left), np.where(by_set, left, right)
    condition = np.array(tree["split_conditions"], np.float32)
    return Nodes(
        tree=np.zeros(len(left), int),
        is_leaf=left < 0,
        feature=np.array(tree["split_indices"], int),
        # Below the border goes left in XGBoost, at most the threshold in a Forest.
        threshold=np.where(by_set, 0.0, np.nextafter(condition, np.float32(-np.inf)).astype(float)),
        nan_left=np.array(tree["default_left"], bool) ^ by_set,
        left=left,
        right=right,
        values=condition.astype(float)[:, None],
    )


def _members(trees: Sequence[Mapping[str, Any]]) -> dict[int, Array]:
    """The codes of each node that asks for a set, by the node's number among those of all trees.

    No row has code 0, but sets may hold it, even alone. It comes last: some readers of ONNX take it for the set's end.
    """
    members, first = {}, 0
    for tree in trees:
        codes = np.array(tree["categories"], float)
        segments = zip(tree["categories_nodes"], tree["categories_segments"], tree["categories_sizes"], strict=True)
        for node, start, size in segments:
            held = codes[start : start + size]
            members[first + node] = np.append(held[held > 0], held[held == 0])
        first += len(tree["left_children"])
    return members
