"""Examples that are like a row, and what the graph says of them: the nearest of the made-up background rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold_runtime.explain.asked import Array, Arrays, Asked
from ninefold_runtime.explain.gower import ruler
from ninefold_runtime.explain.rows import at

COUNT = 5


@dataclass(frozen=True)
class Near:
    """The ``rows`` [M] most like the one asked about, nearest first.

    ``distances`` [M]: Gower's, 0 to 1; ``weights`` [M]: the share of the training rows that each stands for;
    ``parts`` [M, C]: how unlike each is, column by column; ``said`` [M, K]: the graph's answers.
    """

    rows: Arrays
    distances: Array
    weights: Array
    parts: Array
    said: Array


def nearest(asked: Asked, row: Arrays, count: int = COUNT) -> Near:
    """The background rows most like ``row`` (columns of one entry), at most ``count`` of them."""
    parts = ruler(asked).parts(row, asked.background.columns)
    distances = parts.mean(axis=1)
    order = np.argsort(distances, kind="stable")[:count]
    rows = at(asked.background.columns, order)
    return Near(rows, distances[order], asked.background.weights[order], parts[order], asked.ask(rows))
