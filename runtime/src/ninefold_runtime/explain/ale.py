"""Accumulated local effects of one column (Apley and Zhu 2020).

Each row is moved only to the two ends of the small interval that it lies in, so that no row is asked about that could
not exist; the mean differences, accumulated, are the effect. Where columns depend on each other this stays right,
and partial dependence does not. Levels of a category have no order: they are put in one in which neighbours are alike
in all other columns, and rows are moved between neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ninefold_runtime.explain.asked import Array, Asked, Background
from ninefold_runtime.explain.places import POINTS, places
from ninefold_runtime.explain.rows import at, exchanged, known, ordered, shares
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent, cell_means


@dataclass(frozen=True)
class Effect:
    """``effect`` [G, K] at the ``places`` [G] of a column: how far the answer lies above its mean there."""

    column: str
    places: Array
    effect: Array


def accumulated(asked: Asked, column: Column, rows: Background | None = None, points: int = POINTS) -> Effect:
    """Ask about ``rows``, the background where none are given, at both ends of their intervals: about 2 x B rows."""
    among = asked.background if rows is None else rows
    where = places(column, among, points)
    if len(where) < 2:
        return Effect(column.name, where, np.zeros((len(where), len(asked.outputs))))
    if ordered(column) or column.kind == "boolean":
        return Effect(column.name, where, _of_numbers(asked, column.name, among, where))
    where = where[_order(asked, column, among, where)]
    return Effect(column.name, where, _of_levels(asked, column.name, among, where))


def _of_numbers(asked: Asked, name: str, rows: Background, edges: Array) -> Array:
    there = ~absent(rows.columns[name])
    columns, weights = at(rows.columns, there), rows.weights[there]
    step = np.clip(np.searchsorted(edges, columns[name], side="left"), 1, len(edges) - 1)
    high = asked.ask(exchanged(columns, name, edges[step]))
    low = asked.ask(exchanged(columns, name, edges[step - 1]))
    mean = _means(high - low, weights, step - 1, len(edges) - 1)
    effect = _summed(mean)
    middles = (effect[1:] + effect[:-1]) / 2
    return np.asarray(effect - np.average(middles[step - 1], axis=0, weights=weights))


def _of_levels(asked: Asked, name: str, rows: Background, levels: Array) -> Array:
    """Rows of both of two neighbouring levels are moved from the one to the other."""
    values, steps = rows.columns[name], []
    for one, other in pairwise(levels):
        among = (values == one) | (values == other)
        columns = at(rows.columns, among)
        moved = asked.ask(exchanged(columns, name, other)) - asked.ask(exchanged(columns, name, one))
        steps.append(np.average(moved, axis=0, weights=rows.weights[among]))
    effect = _summed(np.array(steps))
    weight = shares(values, rows.weights)
    return np.asarray(effect - np.average(effect, axis=0, weights=[weight[level] for level in levels.tolist()]))


def _summed(steps: Array) -> Array:
    """Steps [G - 1, K] to heights [G, K]."""
    return np.concatenate([np.zeros((1, steps.shape[1])), np.cumsum(steps, axis=0)])


def _means(values: Array, weights: Array, groups: Array, count: int) -> Array:
    """Weighted means of values [N, K] by group, [count, K]; 0 of a group without rows."""
    total = np.bincount(groups, weights, count)
    sums = [np.bincount(groups, weights * values[:, k], count) for k in range(values.shape[1])]
    return np.stack(sums, axis=1) / np.where(total > 0, total, 1.0)[:, None]


def _order(asked: Asked, column: Column, rows: Background, levels: Array) -> Array:
    """The levels along the axis that best tells how unlike they are (classical scaling; Torgerson 1952)."""
    unlike = sum(
        _unlike(other, rows, [rows.columns[column.name] == level for level in levels])
        for other in asked.schema.columns
        if other.name != column.name
    )
    square = np.asarray(unlike, np.float64) ** 2 * np.ones((len(levels), len(levels)))
    inner = -0.5 * (square - square.mean(axis=0) - square.mean(axis=1, keepdims=True) + square.mean())
    axis = np.linalg.eigh(inner)[1][:, -1]
    return np.argsort(axis * (1 if axis[np.abs(axis).argmax()] > 0 else -1), kind="stable")


def _unlike(column: Column, rows: Background, groups: list[Array]) -> Array:
    """[G, G]: how unlike groups of rows are in one column, 0 to 1.

    Total variation of what has no order. Of numbers the mean distance of the distribution functions, as their largest
    one (Kolmogorov-Smirnov, in the paper) is 1 between any two groups that share no range, however far apart.
    """
    column_values = rows.columns[column.name]
    told = cell_means(column_values) if column_values.ndim > 1 else column_values
    values, weights = known(told, rows.weights)
    there = ~absent(told)
    met, codes = np.unique(values, return_inverse=True)
    shares = np.array([np.bincount(codes, weights * group[there], len(met)) for group in groups])
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-300)
    if ordered(column) or told is not column_values:
        heights, pooled = np.cumsum(shares, axis=1), shares.mean(axis=0)
        return np.array([np.abs(heights - height) @ pooled for height in heights])
    return np.array([np.abs(shares - share).sum(axis=1) / 2 for share in shares])
