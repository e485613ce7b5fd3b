"""Agglomerative clustering after Ward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._clusters import by_mean, drawn, possible
from ninefold.learners._trivial import constant, is_trivial

WHEN_LATE = 200
"""Rows looked at when the clock has run out before it began."""


@dataclass(frozen=True)
class Agglomerative:
    """Joins the two groups whose union is the tightest, from single rows up to K clusters."""

    clusters: int = setting(3, "Clusters made", low=2, high=50, log=True)
    rows: int = setting(3_000, "Rows fitted on at most", low=100, high=20_000, log=True, tiny=200)

    card: ClassVar[Card] = Card(
        title="Agglomerative (Ward)",
        solves=("clustering",),
        view="scaled",
        idea="Join what lies nearest, again and again, until K groups are left.",
        inductive_bias="Compact clusters of any size. New rows, and rows beyond those it saw, go to the nearest mean.",
        cost="Rows squared, in time and memory: a part of large tables is looked at.",
        source="Ward 1963; scikit-learn",
        questions=(23,),
        seconds=2.0,
        family="clusters",
        beats_baseline_on=("clouds",),
        fails_on=("one_cloud",),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        from sklearn.cluster import AgglomerativeClustering

        x = drawn(data, self.rows if clock.left > 0 else WHEN_LATE, rng)
        labels = AgglomerativeClustering(possible(x, self.clusters), linkage="ward").fit_predict(x)
        return by_mean(x, labels)
