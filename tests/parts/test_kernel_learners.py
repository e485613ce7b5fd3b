"""Sparse weights, naive Bayes, kernels and rules: equal to the libraries that have the same, and true to their name."""

from __future__ import annotations

import numpy as np
import pytest

from ninefold.checks._bench import mixed, take
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.forms.onnx import Session, form_graph

RNG = np.random.default_rng


def fitted(name, data, clock=None, seed=0, **settings):
    return parts.make("ninefold.learners", name, settings).fit(data, rng=RNG(seed), clock=clock or Clock())


def values(x, y):
    return Examples(x, y, "regression", 1, tuple(f"x{i}" for i in range(x.shape[1])))


def classes(x, y):
    outputs = int(y.max()) + 1
    names = tuple(f"x{i}" for i in range(x.shape[1]))
    return Examples(x, y.astype(np.int64), "binary" if outputs == 2 else "multiclass", outputs, names)


def folds(name, data, *, scaled=False, every=1, **settings):
    """Mean accuracy over StratifiedKFold(5, shuffle=True, random_state=0), or over each ``every``-th fold of it."""
    from sklearn import datasets
    from sklearn.model_selection import StratifiedKFold

    x, y = getattr(datasets, f"load_{data}")(return_X_y=True)
    right = []
    for train, test in list(StratifiedKFold(5, shuffle=True, random_state=0).split(x, y))[::every]:
        mean, spread = (x[train].mean(axis=0), x[train].std(axis=0)) if scaled else (0.0, np.ones(x.shape[1]))
        seen = (x - mean) / np.where(spread == 0, 1.0, spread)
        form = fitted(name, classes(seen[train], y[train]), **settings)
        right.append((form.predict(seen[test]).argmax(axis=1) == y[test]).mean())
    return np.mean(right)


def through_graph(form, x):
    return Session(form_graph(form, x.shape[1])).run({"x": x})["y"]


# --- sparse weights


@pytest.mark.parametrize("l1_ratio", [0.0, 0.5, 1.0])
def test_elastic_net_of_values_is_scikit_learns(l1_ratio):
    from sklearn.linear_model import ElasticNet, Ridge

    data = mixed("regression", "scaled", rows=300)
    spread, alpha = data.y.std(), 0.02
    theirs = ElasticNet(alpha=alpha, l1_ratio=l1_ratio, tol=1e-10) if l1_ratio else Ridge(alpha * len(data.y))
    expected = theirs.fit(data.x, data.y / spread).predict(data.x) * spread
    form = fitted("elastic_net", data, alpha=alpha, l1_ratio=l1_ratio)
    np.testing.assert_allclose(form.predict(data.x)[:, 0], expected, atol=1e-3)


@pytest.mark.parametrize("task", ["binary", "multiclass"])
@pytest.mark.parametrize("l1_ratio", [0.5, 1.0])
def test_elastic_net_of_classes_is_scikit_learns(task, l1_ratio):
    from sklearn.linear_model import LogisticRegression

    data, alpha = mixed(task, "scaled", rows=200), 0.02
    theirs = LogisticRegression(
        C=1 / (alpha * 200), l1_ratio=l1_ratio, solver="saga", max_iter=5000, tol=1e-7, random_state=0
    ).fit(data.x, data.y)
    form = fitted("elastic_net", data, alpha=alpha, l1_ratio=l1_ratio)
    np.testing.assert_allclose(form.predict(data.x), theirs.predict_proba(data.x), atol=1e-3)
    assert ((form.coefficients == 0) == (np.abs(theirs.coef_.T) < 1e-6)).mean() > 0.9


def test_weights_become_fewer_as_the_penalty_grows():
    x = RNG(0).normal(size=(300, 30))
    data = values(x, x[:, :3] @ np.array([3.0, -2.0, 1.0]) + RNG(1).normal(size=300))
    used = [(fitted("elastic_net", data, alpha=a, l1_ratio=1.0).coefficients != 0).sum() for a in (1e-4, 0.03, 0.2, 1)]
    assert used == sorted(used, reverse=True)
    assert (used[0], used[-1]) == (30, 0)
    assert 2 <= used[2] <= 5


def test_sparse_weights_stop_with_the_clock():
    data = mixed("binary", "scaled")
    hurried = fitted("elastic_net", data, Clock(0.0)).coefficients
    assert not np.allclose(hurried, fitted("elastic_net", data).coefficients, atol=0.05)


# --- naive Bayes


def test_naive_bayes_is_scikit_learns():
    from sklearn.naive_bayes import BernoulliNB, GaussianNB

    y = RNG(0).integers(0, 3, 400)
    bells = RNG(1).normal(size=(400, 4)) + y[:, None] * [1.0, -1.0, 0.0, 2.0]
    marks = np.asarray(RNG(2).random((400, 3)) < 0.2 + 0.2 * y[:, None], float)
    normal = GaussianNB(var_smoothing=0.0).fit(bells, y)
    marked = BernoulliNB().fit(marks, y)
    for x, theirs in ((bells, normal), (marks, marked)):
        form = fitted("naive_bayes", classes(x, y), smoothing=1e-9)
        np.testing.assert_allclose(form.predict(x), theirs.predict_proba(x), atol=1e-6)
    both = normal.predict_joint_log_proba(bells) + marked.predict_joint_log_proba(marks) - marked.class_log_prior_
    shares = np.exp(both - np.logaddexp.reduce(both, axis=1)[:, None])
    mine = fitted("naive_bayes", classes(np.hstack([bells, marks]), y), smoothing=1e-9)
    np.testing.assert_allclose(mine.predict(np.hstack([bells, marks])), shares, atol=1e-6)


def test_weaker_votes_forgive_columns_that_repeat_each_other():
    y = RNG(0).integers(0, 2, 300)
    x = np.repeat(y[:, None] + RNG(1).normal(size=(300, 1)), 20, axis=1)
    sure, modest = (fitted("naive_bayes", classes(x, y), trust=t).predict(x) for t in (1.0, 0.05))
    loss = [-np.log(said[np.arange(300), y]).mean() for said in (sure, modest)]
    assert loss[1] < 0.6
    assert loss[0] > 2


# --- neighbours


@pytest.mark.parametrize("metric", ["minkowski", "cosine", "mahalanobis"])
@pytest.mark.parametrize("rows", [1, 2, 5, 120])
def test_every_metric_has_its_graph(metric, rows):
    data = take(mixed("regression", "scaled"), range(rows))
    form = fitted("nearest_neighbours", data, metric=metric, k=3)
    asked = np.vstack([mixed("regression", "scaled", seed=4).x[:40, : data.x.shape[1]], data.x, form.borders()])
    np.testing.assert_allclose(through_graph(form, asked), form.predict(asked), atol=1e-11)


def test_mahalanobis_sees_through_correlated_columns():
    """The class lies along the small difference of two columns that nearly agree: Euclid does not see it."""
    common, gap = 10 * RNG(0).normal(size=(600, 1)), RNG(1).normal(size=(600, 1))
    x, y = np.hstack([common + 0.5 * gap, common - 0.5 * gap]), (gap[:, 0] > 0).astype(int)
    train, test = classes(x[:400], y[:400]), classes(x[400:], y[400:])
    right = {
        metric: (fitted("nearest_neighbours", train, metric=metric).predict(test.x).argmax(axis=1) == test.y).mean()
        for metric in ("euclidean", "mahalanobis")
    }
    assert right["mahalanobis"] > right["euclidean"] + 0.05
