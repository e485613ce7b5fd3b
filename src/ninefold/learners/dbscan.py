"""DBSCAN: regions above one density, and noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.learners._clusters import by_prototypes, drawn
from ninefold.learners._trivial import constant, is_trivial

WHEN_LATE = 200
"""Rows looked at when the clock has run out before it began."""


@dataclass(frozen=True)
class DBSCAN:
    """Joins rows that have enough neighbours within one distance; rows of no cluster are noise."""

    core: int = setting(
        8, "Rows within the distance, itself included, that make a row dense", low=2, high=100, log=True
    )
    reach: float = setting(
        1.5, "The distance, in medians of the distance to the last of those rows", low=0.5, high=5.0, log=True
    )
    rows: int = setting(3_000, "Rows fitted on at most", low=100, high=50_000, log=True, tiny=200)

    card: ClassVar[Card] = Card(
        title="DBSCAN",
        solves=("clustering",),
        view="scaled",
        idea="Rows with many near rows, and all that can be reached from one to the next, are a cluster.",
        inductive_bias="Clusters of any shape, of like density. New rows are assigned by means inside each cluster.",
        cost="Up to rows squared: a part of large tables is looked at.",
        source="Ester, Kriegel, Sander and Xu 1996; scikit-learn",
        questions=(23,),
        seconds=3.0,
        family="clusters",
        beats_baseline_on=("clouds", "stripes"),
        fails_on=("one_cloud",),
        noise=True,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"reach": 1.0}, {"reach": 2.2})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        from sklearn import cluster

        x = drawn(data, self.rows if clock.left > 0 else WHEN_LATE, rng)
        labels = cluster.DBSCAN(eps=self._distance(x), min_samples=self.core).fit_predict(x)
        return by_prototypes(x, labels, rng) if (labels >= 0).any() else constant(data)

    def _distance(self, x: Array) -> float:
        """A multiple of what most rows need to reach their neighbours; above 0 also among equal rows."""
        from sklearn.neighbors import NearestNeighbors

        apart, _ = NearestNeighbors(n_neighbors=min(self.core, len(x))).fit(x).kneighbors(x)
        return max(self.reach * float(np.median(apart[:, -1])), 1e-9)
