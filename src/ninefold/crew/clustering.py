"""How a clustering does on rows it was not fitted on, and beside rows that have no clusters.

The reference is one cloud: numbers drawn from a single normal distribution with the columns' own means and covariance,
and columns of two values shuffled. A stretched cloud has a silhouette well above 0 when it is cut in two; clusters are
clusters only if the rows fall apart better than their reference does (Liu, Hayes, Nobel and Marron 2008; Tibshirani,
Walther and Hastie 2001 compare with uniform columns).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples, FitDone, Form, Learner, Metric
from ninefold.core.table import Array
from ninefold.core.workshop import save_array
from ninefold.crew.desk import Desk, Material
from ninefold.forms.centroids import Centroids
from ninefold.metrics._clusters import centres

SAMPLE = 1_000
"""Rows that silhouettes are taken on: five folds together look at five times as many."""
REFERENCE = 2_000
"""Rows of the reference that are fitted."""
COMMON = 2_000
"""Rows that every fit assigns, whichever fold it is: fits are compared by them."""
INDICES = ("davies_bouldin", "calinski_harabasz")


@dataclass(frozen=True, eq=False)
class Clustering:
    """A fitted form and the memberships of the fold's validation rows."""

    learner: Learner
    form: Form
    predictions: Array
    material: Material


def judged(done: FitDone, made: Clustering, desk: Desk, rng: np.random.Generator, clock: Clock) -> FitDone:
    """The answer with the silhouette as its score, further measures, and the assignments of the common rows stored.

    A single cluster has a score of 0: nothing is told apart.
    """
    assert done.fold is not None
    save_array(desk.workshop.assigned(done.trial, done.fold), _common(made, desk, done.fold))
    rows = np.sort(rng.permutation(len(made.predictions))[:SAMPLE])
    x, memberships = np.asarray(made.material.asked[rows]), made.predictions[rows]
    score = _silhouette(x, memberships)
    measures = {name: _finite(_metric(name).score(x, memberships)) for name in INDICES}
    width = made.predictions.shape[1]
    sizes = np.bincount(made.predictions.argmax(axis=1), minlength=width)
    sizes = sizes[: width - (made.learner.card.noise and width > 1)]
    measures |= {
        "clusters": float(len(sizes)),
        "smallest": float(sizes.min() / len(made.predictions)),
        "inertia": _inertia(x, memberships),
        "reference": _reference(made, rng, clock) if width > 1 else 0.0,
        "differs": made.form.differs if isinstance(made.form, Centroids) else 0.0,
    }
    return dataclasses.replace(done, score=score, loss=-score, measures=measures)


def _common(made: Clustering, desk: Desk, fold: int) -> Array:
    """The cluster of every row of one sample of the training rows, learned from by this fold or not."""
    total = desk.dataset.train_rows
    wanted = np.sort(np.random.default_rng([desk.problem.seed, 51]).permutation(total)[:COMMON])
    place = np.full(total, -1)
    place[desk.fold(fold).learned] = np.arange(len(made.material.learned))
    codes = np.empty(total, np.int64)
    learned = wanted[place[wanted] >= 0]
    codes[learned] = made.form.predict(np.asarray(made.material.learned[place[learned]])).argmax(axis=1)
    codes[desk.fold(fold).valid] = made.predictions.argmax(axis=1)
    return codes[wanted]


def _reference(made: Clustering, rng: np.random.Generator, clock: Clock) -> float:
    """The silhouette that the same learner reaches on one cloud."""
    known = np.asarray(made.material.learned[:: max(1, len(made.material.learned) // REFERENCE)])
    fit, new = _cloud(known, len(known), rng), _cloud(known, min(SAMPLE, len(made.predictions)), rng)
    blank = np.zeros(len(fit), np.int64)
    names = tuple(f"x{i}" for i in range(known.shape[1]))
    form = made.learner.fit(Examples(fit, blank, "clustering", 1, names), rng=rng, clock=clock)
    return _silhouette(new, form.predict(new))


def _cloud(known: Array, rows: int, rng: np.random.Generator) -> Array:
    """Rows like those of ``known`` [N, D] that have no clusters."""
    out = np.column_stack([column[rng.integers(len(known), size=rows)] for column in known.T])
    wide = np.array([len(np.unique(column)) > 2 for column in known.T])
    if wide.any():
        spread = np.atleast_2d(np.cov(known[:, wide], rowvar=False))
        out[:, wide] = rng.multivariate_normal(known[:, wide].mean(axis=0), spread, size=rows, method="eigh")
    return out


def _silhouette(x: Array, memberships: Array) -> float:
    return _finite(_metric("silhouette").score(x, memberships))


def _metric(name: str) -> Metric:
    made: Metric = parts.make("ninefold.metrics", name)
    return made


def _finite(value: float) -> float:
    return value if np.isfinite(value) else 0.0


def _inertia(x: Array, memberships: Array) -> float:
    """Mean squared distance of a row to the mean of its cluster."""
    codes = np.unique(memberships.argmax(axis=1), return_inverse=True)[1]
    return float(((x - centres(x, codes)[0][codes]) ** 2).sum(axis=1).mean())
