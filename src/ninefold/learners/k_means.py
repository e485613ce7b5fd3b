"""k-means, started by k-means++ several times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.core.table import Array
from ninefold.learners._clusters import best_start, by_mean, drawn, possible
from ninefold.learners._trivial import constant, is_trivial


@dataclass(frozen=True)
class KMeans:
    """Finds K points such that the rows lie near to the nearest of them."""

    clusters: int = setting(3, "Clusters made", low=2, high=50, log=True)
    starts: int = setting(10, "Starts, of which the best is kept", low=1, high=100, log=True, tiny=2)
    rows: int = setting(100_000, "Rows fitted on at most", low=100, high=1_000_000, log=True, tiny=200)

    card: ClassVar[Card] = Card(
        title="k-means",
        solves=("clustering",),
        view="scaled",
        idea="Move K points to the middle of the rows nearest to them, until nothing moves.",
        inductive_bias="Clusters are round, of like width and size. New rows go to the nearest mean, as known ones do.",
        cost="Rows x clusters x columns, some tens of times for each start.",
        source="Lloyd 1982; Arthur and Vassilvitskii 2007 (k-means++); scikit-learn",
        questions=(23,),
        seconds=1.0,
        family="clusters",
        beats_baseline_on=("clouds",),
        fails_on=("stripes", "one_cloud"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        from sklearn.cluster import KMeans as Native

        x = drawn(data, self.rows, rng)
        clusters = possible(x, self.clusters)

        def start(seed: int) -> tuple[float, Array]:
            model = Native(clusters, n_init=1, random_state=seed).fit(x)
            return float(model.inertia_), model.labels_

        return by_mean(x, best_start(start, self.starts, rng, clock))
