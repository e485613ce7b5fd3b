"""LightGBM's text model as a `Forest`: numbers are written there with 17 digits, hence exact, and parse fast."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.forest import Forest
from ninefold.forms.links import Link

CATEGORICAL, DEFAULT_LEFT, ZERO_MISSING, NAN_MISSING = 1, 2, 4, 8
"""Bits of ``decision_type``."""
TINY = float(np.float32(1e-35))
Lines = Mapping[str, Sequence[str]]


def read(
    text: str,
    width: int,
    link: Link,
    native: Callable[[Array], Array],
    *,
    factor: float = 1.0,
    offset: float = 0.0,
) -> Forest:
    """The forest of ``booster.model_to_string()``; every leaf times ``factor``, and ``offset`` added to each score.

    Raises:
        ValueError: for linear trees, ``zero_as_missing`` and models without a tree, which a `Forest` cannot hold.
    """
    head, body = text.split("\nTree=", 1)
    lines = _lines("Tree=" + body.split("\nend of trees", 1)[0])
    kinds = _numbers(lines, "decision_type").astype(int)
    if "1" in lines["is_linear"] or (kinds & ZERO_MISSING).any():
        raise ValueError("linear trees and zero_as_missing have no graph")
    leaf_counts = _numbers(lines, "num_leaves").astype(int)
    trees, per_round = len(leaf_counts), int(_lines(head)["num_tree_per_iteration"][0])
    first_leaf, first_node = _starts(leaf_counts), _starts(leaf_counts - 1)
    node_tree = np.repeat(np.arange(trees), leaf_counts - 1)
    leaf_tree = np.repeat(np.arange(trees), leaf_counts)
    rounds = trees // per_round
    leaves = _numbers(lines, "leaf_value") * (factor / rounds if "\naverage_output" in head else factor)
    leaves[leaf_tree < per_round] += offset
    threshold = _thresholds(lines)
    # Where training met no missing value, LightGBM reads a missing one as 0.
    nan_left = np.where(kinds & NAN_MISSING, (kinds & DEFAULT_LEFT) > 0, threshold >= 0.0)
    categorical = (kinds & CATEGORICAL) > 0
    return Forest(
        width=width,
        roots=np.where(leaf_counts > 1, first_node, ~first_leaf),
        feature=_numbers(lines, "split_feature").astype(int),
        threshold=np.where(categorical, 0.0, threshold),
        nan_left=nan_left & ~categorical,
        left=_children(lines, "left_child", node_tree, first_node, first_leaf),
        right=_children(lines, "right_child", node_tree, first_node, first_leaf),
        leaf_tree=leaf_tree,
        leaves=leaves[:, None],
        scores=per_round,
        link=link,
        rounds=rounds,
        native=native,
        members=_members(lines, np.flatnonzero(categorical), node_tree, threshold),
    )


def _lines(text: str) -> Lines:
    found = defaultdict(list)
    for line in text.splitlines():
        key, _, value = line.partition("=")
        found[key].append(value)
    return found


def _numbers(lines: Lines, key: str) -> Array:
    """The values of a key of all trees, one after the other."""
    text = " ".join(lines[key]).strip()
    return np.fromstring(text, sep=" ") if text else np.zeros(0)


def _thresholds(lines: Lines) -> Array:
    """Per node, where a number splits; at a node of categories, which set of its tree."""
    threshold = _numbers(lines, "threshold")
    # LightGBM takes a number this small for 0 before it compares, so the one threshold at -TINY excludes it.
    threshold[threshold == -TINY] = np.nextafter(-TINY, -np.inf)
    return threshold


def _starts(counts: Array) -> Array:
    return np.cumsum(counts) - counts


def _children(lines: Lines, key: str, tree: Array, first_node: Array, first_leaf: Array) -> Array:
    """Children numbered within their tree as children numbered within the forest; ~leaf both before and after."""
    child = _numbers(lines, key).astype(int)
    return np.where(child >= 0, child + first_node[tree], child - first_leaf[tree])


def _members(lines: Lines, nodes: Array, node_tree: Array, threshold: Array) -> dict[int, Array]:
    """The codes that go left at each categorical node, from the bit sets of its tree."""
    with_sets = np.flatnonzero(_numbers(lines, "num_cat"))
    bounds = dict(zip(with_sets, map(_integers, lines["cat_boundaries"]), strict=True)) if len(nodes) else {}
    words = dict(zip(with_sets, map(_integers, lines["cat_threshold"]), strict=True)) if len(nodes) else {}
    members = {}
    for m in nodes:
        place = int(threshold[m])
        start, end = bounds[node_tree[m]][place : place + 2]
        bits = np.unpackbits(words[node_tree[m]][start:end].astype("<u4").view(np.uint8), bitorder="little")
        members[int(m)] = np.flatnonzero(bits).astype(float)
    return members


def _integers(text: str) -> Array:
    return np.array(text.split(), np.int64)
