"""Kernel machines on landmarks: centres of clusters stand for the rows, so that cost is linear in the rows.

Williams and Seeger 2001 (the Nyström method); Zhang, Tsang and Kwok 2008 (k-means centres as landmarks). A centre is
the mean of several rows, never a training row.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.forms.kernel import Kernel, Similarity, summed
from ninefold.learners._least_squares import least_squares
from ninefold.learners._logistic import logistic

CLUSTERED = 10_000
"""Rows that the clusters are found among."""
ROUNDS = 10
FEW = 3
"""A cluster of fewer rows gives no landmark: its centre would be a row, or nearly."""
CELLS = 12_000_000
"""Similarities held at once: of more rows, a random part is learned from."""
FLAT = 1e-6
"""Directions whose eigenvalue is below this share of the mean are flattened, as their rounding would be magnified."""


def landmarks(x: Array, count: int, rng: np.random.Generator, clock: Clock) -> Array:
    """[M, D], M at most ``count``: means of clusters of at least FEW rows, by Lloyd's algorithm from random rows."""
    some = x[rng.permutation(len(x))[:CLUSTERED]]
    centres = some[: max(1, min(count, len(some) // FEW))]
    for _ in range(ROUNDS):
        label = _nearest(some, centres)
        size = np.bincount(label, minlength=len(centres))
        sums = _sums(some, label, len(centres))
        centres = sums[size > 0] / size[size > 0, None]
        if clock.left <= 0:
            break
    centres = centres[size[size > 0] >= FEW]
    return centres if len(centres) else some.mean(axis=0, keepdims=True)


def _nearest(x: Array, centres: Array) -> Array:
    """[N]: the number of the centre that is nearest; |x|^2 is the same for all of them."""
    return np.asarray((x @ (-2 * centres.T) + (centres**2).sum(axis=1)).argmin(axis=1))


def _sums(x: Array, label: Array, count: int) -> Array:
    """[count, D]: the rows of each label added up."""
    return np.stack([np.bincount(label, column, count) for column in x.T], axis=1)


def on_landmarks(
    data: Examples, similarity: Similarity, *, count: int, c: float, rng: np.random.Generator, clock: Clock
) -> Kernel:
    """Logistic or ridge regression (penalty 1 / ``c``) on the similarities to landmarks, decorrelated."""
    centres = landmarks(data.x, count, rng, clock)
    rows = rng.permutation(len(data.y))[: max(1, CELLS // len(centres))]
    root = _inverse_root(similarity.between(centres, centres))
    seen = replace(data, x=similarity.between(data.x[rows], centres) @ root, y=data.y[rows])
    found = least_squares(seen, 1.0 / c, rng, clock) if data.task == "regression" else logistic(seen, c, 200, clock)
    weights = root @ found.coefficients
    scores = summed(similarity, centres, weights, found.intercept)
    return Kernel(similarity, centres, weights, found.intercept, found.link, scores)


def _inverse_root(gram: Array) -> Array:
    """[M, M]: its product with itself is the inverse of ``gram``, but for directions that hardly exist."""
    spread, directions = np.linalg.eigh(gram)
    least = FLAT * float(spread.mean())
    return np.asarray(directions / np.sqrt(np.maximum(spread, least)) @ directions.T)
