"""What an answer owes to each word of a text, or stretch of a series: it is left out, and the graph asked again."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ninefold_runtime.explain.asked import Array, Arrays, Asked
from ninefold_runtime.explain.lime_text import stretches, without
from ninefold_runtime.explain.rows import exchanged, repeated


def weighed(asked: Asked, row: Arrays, column: str, output: int) -> list[tuple[tuple[int, int], float]]:
    """Where each stretch of words of a text begins and ends, in their order, and the answer less that without it."""
    text = str(row[column][0])
    spans = stretches(text)
    shorter = np.array([without(text, [span]) for span in spans], object)
    said = asked.ask(exchanged(repeated(row, len(spans)), column, shorter))[:, output]
    losses = asked.ask(row)[0, output] - said
    return list(zip(spans, losses.tolist(), strict=True))


def covered(asked: Asked, row: Arrays, column: str, most: int) -> tuple[tuple[int, ...], Array]:
    """Edges of ``most`` stretches of moments, or fewer, up to the last that is there, and [stretches, K]: by how much
    each answer falls where one of them is covered with the mean of the series."""
    there = np.flatnonzero(np.isfinite(row[column][0]))
    if not len(there):
        return (0,), np.zeros((0, len(asked.outputs)))
    edges = tuple(np.unique(np.arange(most + 1) * (int(there[-1]) + 1) // most).tolist())
    hidden, plain = np.repeat(row[column], len(edges) - 1, axis=0), level(row[column])[0]
    for number, (start, end) in enumerate(pairwise(edges)):
        hidden[number, start:end] = plain[start:end]
    return edges, asked.ask(row)[0] - asked.ask({**repeated(row, len(hidden)), column: hidden})


def level(series: Array) -> Array:
    """[N, T]: the mean of each series in every moment up to its last; missing behind it."""
    there = np.isfinite(series)
    means = np.where(there, series, 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    ends = (there * np.arange(1, series.shape[1] + 1)).max(axis=1)
    return np.where(np.arange(series.shape[1]) < ends[:, None], means[:, None], np.nan)
