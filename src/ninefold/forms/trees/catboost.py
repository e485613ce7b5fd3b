"""CatBoost's JSON model as a `Forest`, with tables for what it looks up of categories.

A CatBoost tree asks the same question of all nodes of a level. A question is about a number, about one category, or
about a statistic of the category (CTR: its count, or the smoothed share of its training rows above a target border);
the last two are columns of `LookedUp`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.forest import Forest
from ninefold.forms.links import NEVER, Link
from ninefold.forms.looked_up import LookedUp
from ninefold.forms.trees._nodes import Nodes, joined

WORD = (1 << 64) - 1
MULTIPLIER = 0x4906BA494954CB65
"""Of CatBoost's hash of a feature combination (``CalcHash``)."""


@dataclass(frozen=True)
class Columns:
    """How CatBoost's features lie in the view: columns of numbers and of codes [both in CatBoost's order], ``size``
    one more than the largest code that training met. Code c is the category ``str(c)``, a missing one ``""``."""

    numbers: Sequence[int]
    codes: Sequence[int]
    size: int


def read(
    model: Mapping[str, Any],
    columns: Columns,
    places: Array,
    link: Link,
    native: Callable[[Array], Array],
    *,
    factor: float = 1.0,
    offset: float = 0.0,
) -> LookedUp | Forest:
    """The form of ``save_model(format="json")``; leaves times ``factor``, ``offset`` added to the sum.

    ``places`` [S, K] says which of K scores each of the S leaf values is; a score that no value is stays at `NEVER`.

    Raises:
        ValueError: for combinations of categories and for statistics other than CatBoost's defaults on the CPU.
    """
    questions = _Questions.of(model["features_info"], model.get("ctr_data") or {}, columns)
    width = len(columns.numbers) + len(columns.codes)
    scale, bias = model["scale_and_bias"]
    trees = [_Level.of(group, questions) for group in _by_depth(model["oblivious_trees"])]
    values = [level.leaves @ places * (scale * factor) for level in trees]
    values[0][0] += np.asarray(bias) @ places * factor + offset + np.where(places.any(axis=0), 0.0, NEVER)
    parts = [_collapsed(level, value) for level, value in zip(trees, values, strict=True)]
    tables = questions.tables
    forest = joined(parts).forest(width + len(tables), link, native, len(model["oblivious_trees"]))
    return LookedUp(width, questions.sources, tables, forest) if len(tables) else forest


@dataclass(frozen=True, eq=False)
class _Questions:
    """By CatBoost's ``split_index``: the column asked (looked-up ones after the view's), the border, where NaN goes."""

    column: Array
    border: Array
    nan_left: Array
    sources: Array
    tables: Array

    @classmethod
    def of(cls, info: Mapping[str, Any], counts: Mapping[str, Any], columns: Columns) -> _Questions:
        numbers = info.get("float_features") or []
        asked = [
            (columns.numbers[f["feature_index"]], border, f["nan_value_treatment"] != "AsTrue")
            for f in numbers
            for border in f["borders"] or []
        ]
        slots = {entry["hash"] & 0xFFFFFFFF: _slot(entry["value"]) for entry in (info.get("cat_features_hash") or [])}
        looked: list[tuple[int, Array]] = []
        width = len(columns.numbers) + len(columns.codes)
        for feature in info.get("categorical_features") or []:
            for value in feature.get("values") or []:
                asked.append((width + len(looked), 0.5, True))
                indicator = np.arange(columns.size) == slots[value & 0xFFFFFFFF]
                looked.append((columns.codes[feature["feature_index"]], indicator.astype(float)))
        for ctr in info.get("ctrs") or []:
            asked.extend((width + len(looked), border, True) for border in ctr["borders"])
            looked.append((columns.codes[_category(ctr)], _statistic(ctr, counts, slots, columns.size)))
        return cls(
            np.array([column for column, _, _ in asked], int),
            np.array([border for _, border, _ in asked], float),
            np.array([left for _, _, left in asked], bool),
            np.array([source for source, _ in looked], int),
            np.array([table for _, table in looked]).reshape(len(looked), columns.size),
        )


def _slot(category: str) -> int:
    return int(category or 0)


def _category(ctr: Mapping[str, Any]) -> int:
    elements = ctr["elements"]
    if len(elements) != 1 or elements[0]["combination_element"] != "cat_feature_value":
        raise ValueError("combinations of categories have no graph: fit with max_ctr_complexity=1")
    return int(elements[0]["cat_feature_index"])


def _statistic(ctr: Mapping[str, Any], counts: Mapping[str, Any], slots: Mapping[int, int], size: int) -> Array:
    """[size]: a CTR of each code, in single precision as CatBoost computes it; codes without one get the prior's."""
    kind, data = ctr["ctr_type"], counts[ctr["identifier"]]
    if kind not in ("Borders", "Counter"):
        raise ValueError(f"CTRs of type {kind} have no graph")
    rows = np.array([int(cell) for cell in data["hash_map"]], np.uint64).reshape(-1, data["hash_stride"])
    held = {int(row[0]): row[1:].astype(np.float32) for row in rows}
    good, total = np.zeros(size, np.float32), np.zeros(size, np.float32)
    for hashed, slot in slots.items():
        seen = held.get(_key(hashed))
        if seen is not None and slot < size:
            good[slot] = seen[0] if kind == "Counter" else seen[ctr["target_border_idx"] + 1 :].sum()
            total[slot] = seen.sum()
    total = np.full(size, data["counter_denominator"], np.float32) if kind == "Counter" else total
    prior, weight = np.float32(ctr["prior_numerator"]), np.float32(ctr["prior_denomerator"])
    shares = (good + prior) / (total + weight)
    return np.asarray((shares + np.float32(ctr["shift"])) * np.float32(ctr["scale"]), float)


def _key(hashed: int) -> int:
    """Where the statistics of a category stand: its 32-bit hash, sign-extended, hashed again."""
    signed = hashed - (1 << 32) if hashed >= 1 << 31 else hashed
    return MULTIPLIER * (MULTIPLIER * (signed & WORD) & WORD) & WORD


def _by_depth(trees: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    groups: dict[int, list[Mapping[str, Any]]] = {}
    for tree in trees:
        groups.setdefault(len(tree["splits"] or []), []).append(tree)
    return list(groups.values())


@dataclass(frozen=True, eq=False)
class _Level:
    """T trees of one depth d: what each level asks [T, d], the root first, and the leaves [T, 2^d, S].

    A leaf's number, in binary, is the way to it: the answers from the root on, 1 for above the border.
    """

    column: Array
    border: Array
    nan_left: Array
    leaves: Array

    @classmethod
    def of(cls, trees: Sequence[Mapping[str, Any]], questions: _Questions) -> _Level:
        asked = np.array([[s["split_index"] for s in tree["splits"] or []][::-1] for tree in trees], int)
        leaves = np.array([tree["leaf_values"] for tree in trees], float)
        leaves = leaves.reshape(len(trees), 1 << asked.shape[1], -1)
        return cls(questions.column[asked], questions.border[asked], questions.nan_left[asked], leaves)


def _collapsed(level: _Level, leaves: Array) -> Nodes:
    """Trees as heaps without the questions whose answer does not matter: deep trees have many empty leaves, all 0."""
    trees, depth = level.column.shape
    values, same = [leaves], [np.ones(leaves.shape[:2], bool)]
    for _ in range(depth):
        low, high = values[0][:, 0::2], values[0][:, 1::2]
        same.insert(0, same[0][:, 0::2] & same[0][:, 1::2] & (low == high).all(axis=2))
        values.insert(0, low)
    is_leaf = np.hstack(same)
    kept = np.ones(is_leaf.shape, bool)
    for node in range(1, is_leaf.shape[1]):
        parent = (node - 1) // 2
        kept[:, node] = kept[:, parent] & ~is_leaf[:, parent]
    number = np.cumsum(kept).reshape(kept.shape) - 1
    heap = np.arange(is_leaf.shape[1])
    floor = np.minimum(np.log2(heap + 1).astype(int), max(depth - 1, 0))
    below = np.minimum(2 * heap + 1, len(heap) - 1), np.minimum(2 * heap + 2, len(heap) - 1)
    pad = np.zeros((trees, int(depth == 0)))
    column, border, nan_left = (np.hstack([a, pad])[:, floor] for a in (level.column, level.border, level.nan_left))
    return Nodes(
        np.repeat(np.arange(trees), kept.sum(axis=1)),
        is_leaf[kept],
        column[kept].astype(int),
        border[kept],
        nan_left[kept].astype(bool),
        number[:, below[0]][kept],
        number[:, below[1]][kept],
        np.concatenate(values, axis=1)[kept],
    )
