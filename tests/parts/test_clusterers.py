"""Clusterers equal the libraries they stand on, know what is known of iris, and number clusters by size."""

from __future__ import annotations

import numpy as np
import pytest

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples

RNG = np.random.default_rng


def unlabelled(x):
    return Examples(
        np.asarray(x, float), np.zeros(len(x), np.int64), "clustering", 1, tuple(map(str, range(x.shape[1])))
    )


def test_k_means_of_iris_is_the_known_one():
    """The figures of scikit-learn's KMeans on the raw columns, and of its metrics."""
    from sklearn.datasets import load_iris

    x, species = load_iris(return_X_y=True)
    form = parts.make("ninefold.learners", "k_means").fit(unlabelled(x), rng=RNG(0), clock=Clock())
    said = form.predict(x)
    scores = {
        name: parts.make("ninefold.metrics", name).score(species if name == "adjusted_rand" else x, said)
        for name in ("adjusted_rand", "silhouette", "davies_bouldin")
    }
    assert scores == {
        "adjusted_rand": pytest.approx(0.7302, abs=5e-5),
        "silhouette": pytest.approx(0.5528, abs=5e-5),
        "davies_bouldin": pytest.approx(0.6620, abs=5e-5),
    }
    assert ((x - form.points[said.argmax(axis=1)]) ** 2).sum() == pytest.approx(78.851, abs=5e-4)
    assert form.differs == 0.0
    assert said.sum(axis=0).tolist() == sorted(said.sum(axis=0).tolist(), reverse=True)


def test_trimmed_means_stay_where_the_rows_are():
    second = np.array([10.0, 0.0]) + RNG(1).normal(size=(50, 2))
    rows = np.vstack([RNG(0).normal(size=(50, 2)), second, np.full((6, 2), 200.0)])
    points = parts.make("ninefold.learners", "trimmed_k_means", {"clusters": 2}).fit(
        unlabelled(rows), rng=RNG(0), clock=Clock()
    )
    assert np.abs(points.points).max() < 12
    assert points.predict(rows)[-1].sum() == 1.0


def test_ward_of_many_rows_is_that_of_a_part():
    rows = np.vstack([RNG(0).normal(size=(300, 2)), 20 + RNG(1).normal(size=(200, 2))])
    settings = {"clusters": 2, "rows": 100}
    form = parts.make("ninefold.learners", "agglomerative", settings).fit(unlabelled(rows), rng=RNG(0), clock=Clock())
    assert form.predict(rows).sum(axis=0).tolist() == [300.0, 200.0]


@pytest.mark.parametrize("name", ["dbscan", "hdbscan"])
def test_density_finds_the_number_and_calls_the_rest_noise(name):
    rows = np.vstack([RNG(0).normal(size=(150, 2)), 12 + RNG(1).normal(size=(100, 2)), [[6.0, -30.0], [40.0, 0.0]]])
    form = parts.make("ninefold.learners", name).fit(unlabelled(rows), rng=RNG(0), clock=Clock())
    said = form.predict(rows)
    assert (form.clusters, said.shape[1]) == (2, 3)
    assert said[-2:, 2].tolist() == [1.0, 1.0]
    assert said[:150, 0].mean() > 0.85
    assert said[150:250, 1].mean() > 0.85
    assert form.differs < 0.2
    assert not {tuple(point) for point in form.points} & {tuple(row) for row in rows}


def test_a_mixture_is_scikit_learns():
    from sklearn.mixture import GaussianMixture

    rows = np.vstack([RNG(0).normal(size=(90, 3)), 6 + RNG(1).normal(size=(60, 3)) * [1.0, 2.0, 0.5]])
    settings = {"clusters": 2, "starts": 1, "floor": 1e-6}
    form = parts.make("ninefold.learners", "gaussian_mixture", settings).fit(
        unlabelled(rows), rng=RNG(0), clock=Clock()
    )
    theirs = GaussianMixture(2, random_state=0).fit(rows)
    np.testing.assert_allclose(form.means, theirs.means_[np.argsort(-theirs.weights_)], atol=1e-3)
    wide = parts.make("ninefold.learners", "gaussian_mixture").fit(unlabelled(rows[:12]), rng=RNG(0), clock=Clock())
    assert wide.whitening.ndim == 2


def test_no_more_clusters_than_different_rows():
    rows = np.repeat([[0.0, 1.0], [5.0, 5.0]], 10, axis=0)
    for name in ("k_means", "trimmed_k_means", "agglomerative", "gaussian_mixture"):
        form = parts.make("ninefold.learners", name, {"clusters": 6}).fit(unlabelled(rows), rng=RNG(0), clock=Clock())
        assert form.predict(rows).shape[1] == 2
