"""Columns that say much the same, as the training rows tell: shuffled one by one, none of them seems to matter.

Two columns are as like as their association is strong, 0 to 1: Spearman's rank correlation of numbers, Cramér's V of
categories (corrected for chance, Bergsma 2013), and the correlation ratio of a number's ranks within a category
(corrected, Kelley 1935). Groups are those of complete linkage, in which every column is like every other one.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from ninefold.core.table import Array, Rows
from ninefold.metrics._ranking import ranks
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent

THRESHOLD = 0.8
"""The least association of two columns of a group."""
ROWS = 2_000
"""Training rows that are looked at."""
MOST_NUMBERS, MOST_CATEGORIES = 1_000, 30
"""Columns that are compared, at most; each pair of categories is counted by itself."""
LEVELS = 50
"""Levels of a category that are told apart; the rest counts as one."""
FEWEST = 30


def groups(columns: tuple[Column, ...], rows: Rows, rng: np.random.Generator) -> tuple[tuple[str, ...], ...]:
    """The groups of two or more columns, in the order of ``columns``; none of too few rows. Text is not compared."""
    if len(rows) < FEWEST:
        return ()
    some = rows.take(np.sort(rng.choice(len(rows), size=min(ROWS, len(rows)), replace=False)))
    numbers = [c.name for c in columns if c.kind in {"number", "boolean", "datetime"}][:MOST_NUMBERS]
    categories = [c.name for c in columns if c.kind == "category"][:MOST_CATEGORIES]
    names = [*numbers, *categories]
    if len(names) < 2:
        return ()
    place = {column.name: number for number, column in enumerate(columns)}
    found = _linked(associations(some, numbers, categories))
    told = [sorted((names[i] for i in group), key=lambda name: place[name]) for group in found]
    return tuple(tuple(group) for group in sorted(told, key=lambda group: place[group[0]]))


def associations(rows: Rows, numbers: list[str], categories: list[str]) -> Array:
    """[C, C]: how strongly columns go together, numbers first."""
    scaled = [_scaled_ranks(rows.columns[name]) for name in numbers]
    codes = [_codes(rows.columns[name]) for name in categories]
    wide = np.stack(scaled, axis=1) if scaled else np.zeros((len(rows), 0))
    found = np.eye(len(numbers) + len(categories))
    found[: len(numbers), : len(numbers)] = np.abs(wide.T @ wide) / len(rows)
    for i, code in enumerate(codes, len(numbers)):
        found[i, : len(numbers)] = found[: len(numbers), i] = _ratio(code, wide)
    for (i, one), (j, other) in combinations(enumerate(codes, len(numbers)), 2):
        found[i, j] = found[j, i] = _cramer(one, other)
    return found


def _linked(like: Array) -> list[Array]:
    from scipy.cluster.hierarchy import fcluster, linkage

    apart = np.clip(1.0 - like, 0.0, 1.0)
    codes = fcluster(linkage(apart[np.triu_indices(len(apart), 1)], "complete"), 1.0 - THRESHOLD, "distance")
    return [group for code in np.unique(codes) if len(group := np.flatnonzero(codes == code)) > 1]


def _scaled_ranks(values: Array) -> Array:
    """Ranks [N] of mean 0 and variance 1, the mean of those that tie, and 0 of what is missing; all 0 of a constant."""
    there = ~absent(values)
    known, scaled = ranks(values[there]), np.zeros(len(values))
    if (known != known[:1]).any():
        scaled[there] = known - known.mean()
        scaled /= scaled.std()
    return scaled


def _codes(values: Array) -> Array:
    """Levels as numbers [N], the most frequent one 0. Missing is a level."""
    levels, codes, counts = np.unique(values.astype(str), return_inverse=True, return_counts=True)
    rank = np.empty(len(levels), np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(levels))
    return np.asarray(np.minimum(rank, LEVELS - 1)[codes])


def _ratio(codes: Array, wide: Array) -> Array:
    """The correlation ratio of each column of ranks: the share of its variance that levels tell, as a root."""
    marks = np.eye(int(codes.max()) + 1)[codes]
    rows, levels = marks.shape
    explained = ((marks.T @ wide) ** 2 / marks.sum(axis=0)[:, None]).sum(axis=0) / rows
    known = wide.any(axis=0)
    corrected = 1 - (1 - explained) * (rows - 1) / max(rows - levels, 1)
    return np.where(known, np.sqrt(np.clip(corrected, 0.0, 1.0)), 0.0)


def _cramer(one: Array, other: Array) -> float:
    rows, first, second = len(one), int(one.max()) + 1, int(other.max()) + 1
    if min(first, second) < 2:
        return 0.0
    counts = np.bincount(one * second + other, minlength=first * second).reshape(first, second)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / rows
    square = float(((counts - expected) ** 2 / expected).sum()) / rows
    least = min(first - (first - 1) ** 2 / (rows - 1), second - (second - 1) ** 2 / (rows - 1)) - 1
    return min(float(np.sqrt(max(square - (first - 1) * (second - 1) / (rows - 1), 0.0) / max(least, 1e-9))), 1.0)
