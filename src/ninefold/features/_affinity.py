"""How much of what a model leaves open single columns could explain: cheap ranks for many candidates."""

from __future__ import annotations

import numpy as np

from ninefold.core.protocols import Block
from ninefold.core.table import Array
from ninefold.features._judges import JudgeKind, standardised

BANDS = 16
DOUBT = 10.0
"""Rows of nothing that are mixed into each group's mean."""


def affinity(block: Block, left: Array, kind: JudgeKind) -> Array:
    """[k] shares of the variance of ``left`` [N, C] that each column of a block could explain to such a model, less
    what chance would."""
    if kind == "linear":
        return _correlated(block.values, left)
    out = _in_bands(block.values, left)
    for i in block.categorical:
        out[i] = _by_code(np.nan_to_num(block.values[:, i]).astype(np.int64), left)
    return out


def _in_bands(values: Array, left: Array) -> Array:
    """By means within equally full bands of each column; missing comes last."""
    order = np.argsort(values, axis=0, kind="stable")
    edges = np.linspace(0, len(values), BANDS + 1).astype(int)[:-1]
    sums = np.stack([np.add.reduceat(column[order], edges, axis=0) for column in left.T])
    sizes = np.diff(np.append(edges, len(values)))[None, :, None]
    return np.asarray((sums**2 / sizes).sum(axis=(0, 1)) / (left**2).sum() - (BANDS - 1) / len(values))


def _by_code(codes: Array, left: Array) -> float:
    """By means within each code, drawn towards 0."""
    rows = np.bincount(codes)
    sums = np.stack([np.bincount(codes, column) for column in left.T])
    return float((sums**2 / (rows + DOUBT)).sum() / (left**2).sum() - (rows > 0).sum() / len(codes))


def _correlated(values: Array, left: Array) -> Array:
    """By a straight line."""
    x = standardised(values, np.ones(len(values), bool))
    length = np.sqrt((x**2).sum(axis=0)) + 1e-12
    return np.asarray((((x / length).T @ (left - left.mean(axis=0))) ** 2).sum(axis=1) / (left**2).sum())
