"""How much k-means depends on where it starts: the same number of clusters from single starts."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Metric
from ninefold.core.results import Starts
from ninefold.core.table import Array

STARTS, FEWEST = 20, 2


def starts(x: Array, clusters: int, seed: int, clock: Clock) -> Starts | None:
    """k-means++ from up to 20 seeds, fewer when time is short; None with one cluster, or hardly any different rows."""
    if clusters < 2 or len(np.unique(x, axis=0)) < clusters:
        return None
    from sklearn.cluster import KMeans

    found: list[tuple[float, Array]] = []
    for start in range(STARTS):
        if len(found) >= FEWEST and clock.left <= 0:
            break
        model = KMeans(clusters, n_init=1, random_state=(seed + start) % 2**32).fit(x)
        found.append((float(model.inertia_) / len(x), model.labels_))
    rand: Metric = parts.make("ninefold.metrics", "adjusted_rand")
    agreements = [rand.score(a, np.empty((0, 0)), b) for (_, a), (_, b) in combinations(found, 2)]
    inertias = tuple(inertia for inertia, _ in found)
    return Starts(inertias, float(np.mean(agreements)), float(np.min(agreements)))
