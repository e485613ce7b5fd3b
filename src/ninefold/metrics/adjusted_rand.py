"""Adjusted Rand index: how often two groupings agree about a pair of rows, beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._clusters import table
from ninefold.metrics._labels import decided
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class AdjustedRand:
    """`sklearn.metrics.adjusted_rand_score`; ``y`` [N] are the true groups, below 0 where unknown. NaN without any.

    1: the same grouping under other names; 0: as much agreement as labels drawn at random have. Hubert, Arabie 1985.
    """

    title: ClassVar[str] = "adjusted Rand"
    solves: ClassVar[tuple[Task, ...]] = ("clustering",)
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        counts = table(y, decided(predictions, labels))
        return agreement(counts) if counts.size else float("nan")


def agreement(counts: Array) -> float:
    """The index of a table of two groupings."""
    pairs, rows, columns = (_pairs(part) for part in (counts, counts.sum(axis=1), counts.sum(axis=0)))
    every = _pairs(counts.sum())
    chance = rows * columns / every if every else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == chance else (pairs - chance) / (most - chance)


def _pairs(counts: Array) -> float:
    exact = np.asarray(counts, float)
    return float((exact * (exact - 1) / 2).sum())
