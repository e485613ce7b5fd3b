"""HDBSCAN: dense regions of any shape, and noise between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._clusters import by_prototypes, drawn
from ninefold.learners._trivial import constant, is_trivial

WHEN_LATE = 200
"""Rows looked at when the clock has run out before it began."""


@dataclass(frozen=True)
class HDBSCAN:
    """Finds clusters that stay together over a range of densities; rows of none are noise."""

    least: int = setting(15, "Rows that a cluster must hold", low=3, high=500, log=True)
    core: int = setting(5, "Neighbours that tell how dense it is around a row", low=1, high=100, log=True)
    rows: int = setting(3_000, "Rows fitted on at most", low=100, high=50_000, log=True, tiny=200)

    card: ClassVar[Card] = Card(
        title="HDBSCAN",
        solves=("clustering",),
        view="scaled",
        idea="Clusters are the dense regions that last longest while the density asked for rises.",
        inductive_bias="Clusters of any shape, noise between. New rows are assigned by means inside each cluster.",
        cost="Up to rows squared: a part of large tables is looked at.",
        source="Campello, Moulavi and Sander 2013; scikit-learn",
        questions=(23,),
        seconds=3.0,
        family="clusters",
        beats_baseline_on=("clouds", "stripes"),
        fails_on=("one_cloud",),
        noise=True,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"least": 40}, {"least": 100, "core": 15})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        from sklearn import cluster

        x = drawn(data, self.rows if clock.left > 0 else WHEN_LATE, rng)
        least, core = min(self.least, len(x)), min(self.core, len(x))
        labels = cluster.HDBSCAN(min_cluster_size=least, min_samples=core, copy=True).fit_predict(x)
        return by_prototypes(x, labels, rng) if (labels >= 0).any() else constant(data)
