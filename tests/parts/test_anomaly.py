"""Detectors of anomalies: each held against scikit-learn, and against what lies outside on known tables."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn import ensemble, neighbors, svm
from sklearn.covariance import LedoitWolf
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.metrics import roc_auc_score

from graphs import through_graph
from ninefold.checks._skill import ranked_above
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.forms.onnx import Session, block_input, compiled
from ninefold.forms.ranked import Scale
from ninefold.learners._prototypes import prototypes
from ninefold.train.deciding import Decision

DETECTORS = ("centre_density", "isolation_forest", "local_outlier_factor", "one_class_svm", "robust_distance")
RNG = np.random.default_rng


def examples(x: Array) -> Examples:
    return Examples(x, np.zeros(len(x), np.int64), "anomaly", 1, tuple(f"x{i}" for i in range(x.shape[1])))


def fitted(name: str, x: Array, seed: int = 0, **settings: object):
    return parts.make("ninefold.learners", name, settings).fit(examples(x), rng=RNG(seed), clock=Clock())


@pytest.fixture(scope="module")
def cancer() -> tuple[Array, Array, Array]:
    """Benign rows to learn from; the other benign rows and the malignant ones; and which are malignant."""
    x, benign = load_breast_cancer(return_X_y=True)
    inside = RNG(0).permutation(np.flatnonzero(benign == 1))
    known, new = inside[:200], np.concatenate([inside[200:], np.flatnonzero(benign == 0)])
    x = (x - x[known].mean(axis=0)) / x[known].std(axis=0)
    return x[known], x[new], 1 - benign[new]


def test_isolation_forest_equals_scikit_learn(cancer):
    known, new, _ = cancer
    form = fitted("isolation_forest", known, trees=50, rows=64).scores
    seed = int(RNG(0).integers(2**31 - 1))
    theirs = ensemble.IsolationForest(n_estimators=50, max_samples=64, random_state=seed).fit(known.astype(np.float32))
    expected = -theirs.score_samples(new.astype(np.float32))[:, None]
    np.testing.assert_allclose(form.predict(new), expected, atol=1e-12)
    np.testing.assert_allclose(through_graph(form, new), expected, atol=1e-9)


@pytest.mark.parametrize("k", [5, 30])
def test_local_outlier_factor_equals_scikit_learn(cancer, k):
    known, new, _ = cancer
    form = fitted("local_outlier_factor", known, k=k)
    theirs = neighbors.LocalOutlierFactor(n_neighbors=k, novelty=True).fit(known)
    np.testing.assert_allclose(form.scores.predict(new)[:, 0], -theirs.score_samples(new), rtol=1e-9)
    np.testing.assert_allclose(through_graph(form.scores, new)[:, 0], -theirs.score_samples(new), rtol=1e-9)
    assert form.scale.levels[-1] == pytest.approx(-theirs.negative_outlier_factor_.min(), rel=1e-9)


def test_local_outlier_factor_does_not_depend_on_the_order_of_equal_rows():
    x = np.repeat(RNG(0).normal(size=(20, 2)), 5, axis=0)
    form, turned = (fitted("local_outlier_factor", rows, k=7).scores for rows in (x, x[::-1]))
    np.testing.assert_allclose(form.predict(x), turned.predict(x), rtol=1e-9)
    np.testing.assert_allclose(through_graph(form, x), form.predict(x), rtol=1e-9)


def test_one_class_svm_ranks_as_the_exact_machine(cancer):
    known, new, _ = cancer
    form = fitted("one_class_svm", known).scores
    exact = svm.OneClassSVM(nu=0.5, gamma=1 / form.kernel.width).fit(known)
    assert spearmanr(form.predict(new)[:, 0], -exact.score_samples(new)).statistic > 0.9


def test_robust_distance_of_all_rows_is_that_of_scikit_learn_and_of_their_bulk_is_not_moved_by_a_few():
    x = RNG(0).normal(size=(300, 3)) @ [[1, 0.9, 0], [0, 0.5, 0], [0, 0, 2]]
    whole = fitted("robust_distance", x, bulk=1.0).scores
    np.testing.assert_allclose(through_graph(whole, x)[:, 0], LedoitWolf().fit(x).mahalanobis(x), rtol=1e-9)
    spoiled = np.vstack([x, np.full((15, 3), 30.0)])
    away = {
        bulk: fitted("robust_distance", spoiled, bulk=bulk).scores.predict(np.full((1, 3), 30.0)) for bulk in (0.9, 1)
    }
    assert away[0.9] > 20 * away[1]


@pytest.mark.parametrize("name", DETECTORS)
def test_malignant_rows_lie_outside_the_benign_ones(cancer, name):
    known, new, malignant = cancer
    assert roc_auc_score(malignant, fitted(name, known).predict(new)[:, 0]) > 0.9


@pytest.mark.parametrize("name", DETECTORS)
def test_other_digits_lie_outside_the_zeros(name):
    x, digit = load_digits(return_X_y=True)
    zeros = np.flatnonzero(digit == 0)
    new = np.setdiff1d(np.arange(len(x)), zeros[:120])
    x = (x - x[zeros[:120]].mean(axis=0)) / 4.0
    form = fitted(name, x[zeros[:120]])
    assert roc_auc_score(digit[new] != 0, form.predict(x[new])[:, 0]) > 0.95


@pytest.mark.parametrize("name", DETECTORS)
def test_scores_are_shares_of_known_rows(cancer, name):
    known, _, _ = cancer
    said = np.sort(fitted(name, known).predict(known)[:, 0])
    if name != "local_outlier_factor":  # a known row is its own neighbour there when it is asked about again
        np.testing.assert_allclose(said, (np.arange(200) + 0.5) / 200, atol=0.02)
    assert fitted(name, known).predict(np.full((1, 30), 50.0))[0, 0] > 0.99


# --- the scale


def nodes(scale: Scale, scores: Array) -> Array:
    x = block_input(np.float64, 1)
    return Session(compiled({"x": x}, {"y": scale.nodes(x)})).run({"x": scores})["y"]


SCORES = {
    "normal": RNG(1).normal(size=5000),
    "few": np.array([3.0, 1.0, 2.0]),
    "one": np.array([7.0]),
    "ties": np.repeat([0.1, 0.2, 0.2 + 1e-12, 5.0], [50, 30, 15, 5]),
    "long tail": np.exp(6 * RNG(2).normal(size=1000)),
}


@pytest.mark.parametrize("name", SCORES)
def test_scale_rises_within_0_to_1_and_the_graph_agrees(name):
    known = SCORES[name]
    scale = Scale.of(known)
    asked = np.concatenate([np.sort(known), known.max() + np.array([0.0, 1e-3, 1.0, 1e9]), [known.min() - 1]])[:, None]
    said = scale.applied(asked)
    assert (said >= 0).all()
    assert (said <= 1).all()
    assert (np.diff(said[: len(known), 0]) >= 0).all()
    assert (np.diff(said[-5:-1, 0]) > 0).all(), "beyond the known scores, higher is still higher"
    np.testing.assert_allclose(nodes(scale, asked), said, atol=1e-9)


def test_scale_is_the_share_below_ties_half():
    scale = Scale.of(np.repeat([0.1, 0.2, 5.0], [50, 45, 5]))
    np.testing.assert_allclose(scale.applied(np.array([[0.1], [0.2], [5.0]]))[:, 0], [0.25, 0.725, 0.975], atol=1e-9)
    normal = Scale.of(SCORES["normal"])
    new = RNG(9).normal(size=20_000)
    np.testing.assert_allclose(np.quantile(normal.applied(new[:, None]), [0.1, 0.5, 0.99]), [0.1, 0.5, 0.99], atol=0.02)


# --- what they are made of


@pytest.mark.parametrize("rows", [2, 3, 30])
def test_prototypes_of_few_rows_that_repeat(rows):
    x = np.array([[0.0, 0.0], [1.0, 1.0]])[np.arange(rows) % 2]
    found = prototypes(x, 10, RNG(0))
    assert len(found.centres) == 1
    assert found.spread > 0
    assert found.shares.sum() == pytest.approx(1.0)


def test_ranked_above_is_the_roc_auc():
    y, score = RNG(0).integers(0, 2, 100), RNG(1).integers(0, 9, 100)
    assert ranked_above(score[y == 1], score[y == 0]) == pytest.approx(roc_auc_score(y, score))


def test_a_score_at_the_threshold_may_be_rounded_either_way_and_one_cluster_may_not():
    scores = np.array([[0.98], [0.5]])
    np.testing.assert_allclose(Decision(0.98, "").margin(scores), [0.0, 0.48])
    assert np.isinf(Decision(None, "").margin(scores)).all()
