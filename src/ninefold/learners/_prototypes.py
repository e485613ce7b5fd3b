"""A few points that stand for the rows: their centres of gravity, and how near the rows are to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array

SAMPLE = 10_000
"""Rows that centres are looked for in at most."""
ROWS_EACH = 5
"""Rows that a centre stands for at least, on average."""
PASSES = 30


@dataclass(frozen=True, eq=False)
class Prototypes:
    """``centres`` [K, D], the ``shares`` [K] of the rows nearest to each, and their median squared distance to it."""

    centres: Array
    shares: Array
    spread: float


def prototypes(x: Array, most: int, rng: np.random.Generator) -> Prototypes:
    """At most ``most`` centres by k-means from one k-means++ start (Arthur and Vassilvitskii 2007; scikit-learn).

    ``x`` [N, D] must have at least two different rows.
    """
    from sklearn.cluster import KMeans

    rows = x[np.sort(rng.permutation(len(x))[:SAMPLE])]
    different = len(np.unique(rows, axis=0))
    count = max(1, min(most, len(rows) // ROWS_EACH, different - 1))
    model = KMeans(n_clusters=count, n_init=1, max_iter=PASSES, random_state=int(rng.integers(2**31 - 1))).fit(rows)
    gaps = ((rows - model.cluster_centers_[model.labels_]) ** 2).sum(axis=1)
    shares = np.bincount(model.labels_, minlength=count) / len(rows)
    # Where most rows coincide with their centre, the others say what is near.
    return Prototypes(model.cluster_centers_, shares, float(np.median(gaps[gaps > NEAR * gaps.max()])))


NEAR = 1e-9
"""Squared distances below this part of the largest are 0 but for rounding."""
