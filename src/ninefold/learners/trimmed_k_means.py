"""Trimmed k-means: outliers do not pull the means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.forms.distances import squares
from ninefold.learners._clusters import best_start, by_mean, drawn, possible
from ninefold.learners._trivial import constant, is_trivial

ITERATIONS = 50


@dataclass(frozen=True)
class TrimmedKMeans:
    """k-means that leaves the rows furthest from every mean out of account."""

    clusters: int = setting(3, "Clusters made", low=2, high=50, log=True)
    trim: float = setting(0.1, "Share of rows that do not count, the furthest ones", low=0.01, high=0.4)
    starts: int = setting(12, "Starts, of which the best is kept", low=1, high=100, log=True, tiny=2)
    rows: int = setting(50_000, "Rows fitted on at most", low=100, high=1_000_000, log=True, tiny=200)

    card: ClassVar[Card] = Card(
        title="Trimmed k-means",
        solves=("clustering",),
        view="scaled",
        idea="Move K points to the middle of their rows, without the rows that lie furthest out.",
        inductive_bias="Round clusters among rows that belong nowhere. All rows, also trimmed, go to the nearest mean.",
        cost="That of k-means.",
        source="Cuesta-Albertos, Gordaliza and Matrán 1997",
        questions=(23,),
        seconds=2.0,
        family="clusters",
        beats_baseline_on=("clouds",),
        fails_on=("stripes", "one_cloud"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        x = drawn(data, self.rows, rng)
        clusters, kept = possible(x, self.clusters), max(1, round((1 - self.trim) * len(x)))

        def start(seed: int) -> tuple[float, Array]:
            # Not by k-means++, which begins with the outliers.
            rows = np.random.default_rng(seed).choice(len(x), size=clusters, replace=False)
            return _settled(x, x[rows], kept, clock)

        labels = best_start(start, self.starts, rng, clock)
        return by_mean(x[labels >= 0], labels[labels >= 0])


def _settled(x: Array, points: Array, kept: int, clock: Clock) -> tuple[float, Array]:
    """The squared distances of the ``kept`` rows added up, and their labels, -1 for the trimmed ones."""
    labels = np.full(len(x), -2)
    for _ in range(ITERATIONS):
        apart = squares(x, points)
        now, away = apart.argmin(axis=1), apart.min(axis=1)
        inside = np.argsort(away, kind="stable")[:kept]
        before, labels = labels, np.full(len(x), -1)
        labels[inside] = now[inside]
        if np.array_equal(before, labels) or clock.left <= 0:
            break
        points = np.stack([_middle(x[labels == code], point) for code, point in enumerate(points)])
    return float(away[inside].sum()), labels


def _middle(rows: Array, point: Array) -> Array:
    """The mean, or the point where it was when it lost all its rows."""
    return rows.mean(axis=0) if len(rows) else point
