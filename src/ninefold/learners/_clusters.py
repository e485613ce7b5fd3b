"""What clusterers have in common: rows to look at, clusters in falling order of size, and points that tell them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.forms.centroids import Centroids
from ninefold.forms.distances import squares

PROTOTYPES = 24
"""Points that tell the shape of one dense cluster at most."""
ROWS_EACH = 8
"""Rows that such a point stands for on average at least."""
LEAST = 3
"""Rows that it stands for in any case: it is a mean, and no row."""
REACH = 1.4
"""New rows may lie this much further from a point than the rows that it stands for: few rows miss the edge."""
GLANCE = 1_000
"""Rows that mostly show enough different ones."""
LARGEST_SEED = 2**31 - 1


def drawn(data: Examples, most: int, rng: np.random.Generator) -> Array:
    """The rows [n, D]; of more than ``most`` a random part, in their order."""
    if len(data.x) <= most:
        return data.x
    return np.asarray(data.x[np.sort(rng.permutation(len(data.x))[:most])])


def possible(x: Array, clusters: int) -> int:
    """No more clusters than there are different rows."""
    some = len(np.unique(x[:GLANCE], axis=0))
    return clusters if some >= clusters else min(clusters, len(np.unique(x, axis=0)))


def seeds(starts: int, rng: np.random.Generator, clock: Clock) -> Iterator[int]:
    """A seed for every start: at least one, and a further one only while there is time."""
    for start in range(starts):
        if start and clock.left <= 0:
            return
        yield int(rng.integers(LARGEST_SEED))


def by_size(labels: Array) -> Array:
    """Labels renamed 0, 1, … from the largest cluster down; noise stays -1."""
    names, counts = np.unique(labels[labels >= 0], return_counts=True)
    places = np.full(int(labels.max(initial=-1)) + 2, -1)
    places[names[np.argsort(-counts, kind="stable")]] = np.arange(len(names))
    return np.asarray(places[labels])


def by_mean(x: Array, labels: Array) -> Centroids:
    """One point for each cluster, the mean of its rows. ``labels`` [N] have at least one row in every cluster."""
    codes = by_size(labels)
    count = int(codes.max()) + 1
    points = np.stack([x[codes == code].mean(axis=0) for code in range(count)])
    return _compared(Centroids(points, np.arange(count), count), x, codes)


def by_prototypes(x: Array, labels: Array, rng: np.random.Generator) -> Centroids:
    """Several points for each cluster, each with the distance that its rows stay within; ``labels`` -1 are noise."""
    codes = by_size(labels)
    points, owners, radii = [], [], []
    for code in range(int(codes.max()) + 1):
        own = x[codes == code]
        some = _prototypes(own, int(rng.integers(LARGEST_SEED)))
        apart = squares(own, some)
        nearest, away = apart.argmin(axis=1), np.sqrt(apart.min(axis=1))
        points.append(some)
        owners += [code] * len(some)
        radii += [REACH * float(away[nearest == point].max(initial=0.0)) for point in range(len(some))]
    form = Centroids(np.vstack(points), np.array(owners), len(points), np.array(radii))
    return _compared(form, x, np.where(codes < 0, len(points), codes))


def _prototypes(own: Array, seed: int) -> Array:
    """Means of parts of a cluster; parts of fewer than LEAST rows get none."""
    from sklearn.cluster import KMeans

    wanted = possible(own, int(np.clip(len(own) // ROWS_EACH, 1, PROTOTYPES)))
    model = KMeans(wanted, n_init=1, random_state=seed).fit(own)
    large = np.bincount(model.labels_, minlength=wanted) >= LEAST
    return np.asarray(model.cluster_centers_[large] if large.any() else own.mean(axis=0)[None])


def _compared(form: Centroids, x: Array, codes: Array) -> Centroids:
    """The form with the share of rows that it puts elsewhere than ``codes`` do."""
    differs = float((form.predict(x).argmax(axis=1) != codes).mean())
    return Centroids(form.points, form.owners, form.clusters, form.radii, differs)


Fit = Callable[[int], tuple[float, Array]]


def best_start(fit: Fit, starts: int, rng: np.random.Generator, clock: Clock) -> Array:
    """The labels of the start whose objective is the smallest; ``fit`` takes a seed to an objective and labels."""
    return min((fit(seed) for seed in seeds(starts, rng, clock)), key=lambda found: found[0])[1]
