"""Sparse weights, naive Bayes, kernels and rules: equal to the libraries that have the same, and true to their name."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from graphs import through_graph
from ninefold.checks._bench import mixed, take
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples

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


# --- kernels


def rings(rows, seed=0):
    x = RNG(seed).normal(size=(rows, 2))
    return classes(x, np.digitize(np.hypot(x[:, 0], x[:, 1]), [0.7, 1.2, 1.8]))


@pytest.mark.parametrize("kernel", ["linear", "polynomial", "rbf"])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_support_vectors_of_every_kernel_have_their_graph(kernel, task):
    data = mixed(task, "scaled")
    form = fitted("support_vectors", data, kernel=kernel, c=3.0, offset=0.5)
    asked = np.vstack([data.x, 3 * RNG(1).normal(size=(50, data.x.shape[1])), form.borders()])
    np.testing.assert_allclose(through_graph(form, asked), form.predict(asked), atol=1e-10 * max(1.0, np.ptp(data.y)))


def test_support_vectors_of_values_are_scikit_learns():
    from sklearn.svm import SVR

    data = mixed("regression", "scaled", rows=150)
    theirs = SVR(C=2.0, epsilon=0.1, gamma=0.5 / data.x.shape[1]).fit(data.x, (data.y - data.y.mean()) / data.y.std())
    form = fitted("support_vectors", data, c=2.0, gamma=0.5)
    expected = theirs.predict(data.x) * data.y.std() + data.y.mean()
    np.testing.assert_allclose(form.predict(data.x)[:, 0], expected, atol=0.01)


def test_pairs_of_classes_agree_with_the_votes_of_libsvm():
    from sklearn.svm import SVC

    train, test = rings(400), rings(300, seed=1)
    theirs = SVC(C=10.0, gamma=0.5).fit(train.x, train.y).predict(test.x)
    said = fitted("support_vectors", train, c=10.0).predict(test.x)
    assert (said.argmax(axis=1) == theirs).mean() > 0.95


@pytest.mark.parametrize("rows", [4, 7, 30])
def test_classes_that_are_missing_or_met_once(rows):
    data = rings(rows)
    data = dataclasses.replace(data, outputs=6, y=np.where(np.arange(rows) == 0, 5, np.minimum(data.y, 2)))
    form = fitted("support_vectors", data)
    said = form.predict(rings(50, seed=3).x)
    np.testing.assert_allclose(said.sum(axis=1), 1.0)
    assert said[:, np.setdiff1d(np.arange(6), data.y)].max() < 1e-9
    np.testing.assert_allclose(through_graph(form, data.x), form.predict(data.x), atol=1e-11)


def test_chances_come_from_rows_that_were_not_seen():
    """A narrow kernel knows its rows of noise by heart; what it says of new ones stays near one half."""
    x, y = RNG(0).normal(size=(200, 3)), RNG(1).integers(0, 2, 200)
    form = fitted("support_vectors", classes(x, y), c=1000.0, gamma=20.0)
    assert np.abs(form.predict(RNG(2).normal(size=(200, 3)))[:, 1] - 0.5).max() < 0.25


def test_chances_are_nearly_as_good_as_those_of_the_true_model():
    """Logistic regression is the truth of three round clouds; knowing nothing costs 1.1."""
    y = RNG(0).integers(0, 3, 600)
    x = RNG(1).normal(size=(600, 2)) + 1.2 * np.array([[0, 1], [1, -0.5], [-1, -0.5]])[y]
    train, test = classes(x[:300], y[:300]), classes(x[300:], y[300:])
    loss = {
        name: -np.log(fitted(name, train).predict(test.x)[np.arange(300), test.y]).mean()
        for name in ("logistic_regression", "support_vectors", "nystroem", "gaussian_process")
    }
    assert max(loss.values()) < loss["logistic_regression"] + 0.07


class Told(Clock):
    """A clock that is told what time it is."""

    now = 0.0

    @property
    def spent(self):
        return self.now


def test_a_machine_is_fitted_on_the_rows_that_the_clock_allows():
    from ninefold.learners import _libsvm

    data = classes(RNG(0).normal(size=(3000, 1)), np.where(np.arange(3000) < 2990, 0, 1))

    def used(seconds):
        clock = Told(seconds)

        def machine(known):
            assert len(np.unique(known.y)) == 2
            object.__setattr__(clock, "now", clock.now + 1e-6 * len(known.y) ** 2)
            return len(known.y)

        size, known = _libsvm.in_time(machine, data, RNG(0), clock)
        assert size == len(known.y)
        return size, clock.now

    assert used(1e6)[0] == 3000
    assert used(0.0)[0] == _libsvm.PROBE
    size, spent = used(10.0)
    assert _libsvm.PROBE < size < 3000
    assert spent < 10.0 / 2


def test_many_rows_are_met_by_landmarks(monkeypatch):
    from ninefold.learners import support_vectors

    monkeypatch.setattr(support_vectors, "MOST_ROWS", 100)
    train, test = rings(900), rings(300, seed=1)
    form = fitted("support_vectors", train, c=30.0)
    assert not {tuple(row) for row in form.centres} & {tuple(row) for row in train.x}
    assert (form.predict(test.x).argmax(axis=1) == test.y).mean() > 0.85


def test_landmarks_are_no_rows_and_near_no_lonely_row():
    from ninefold.learners._nystroem import landmarks

    lonely = np.array([[50.0, 50.0], [-70.0, 20.0]])
    x = np.vstack([RNG(0).normal(size=(300, 2)), lonely])
    for count in (5, 50, 1000):
        centres = landmarks(x, count, RNG(1), Clock())
        apart = np.linalg.norm(x[:, None] - centres, axis=2)
        assert 1 <= len(centres) <= count
        assert apart.min() > 1e-9
        assert apart[-2:].min() > 5
    assert landmarks(x[:2], 5, RNG(1), Clock()).shape == (1, 2)


def test_landmarks_need_no_repetition_to_be_told_apart():
    """Rows that are all the same have one landmark: their mean, which is every row and none in particular."""
    from ninefold.learners._nystroem import landmarks

    assert len(np.unique(landmarks(np.ones((60, 3)), 10, RNG(0), Clock()), axis=0)) == 1


# --- Gaussian processes


def test_a_smooth_curve_is_followed():
    x = RNG(0).uniform(-3, 3, size=(120, 1))
    data = values(x, np.sin(2 * x[:, 0]) + 0.1 * RNG(1).normal(size=120))
    asked = np.linspace(-2.8, 2.8, 200)[:, None]
    gaps = {
        name: np.abs(fitted(name, data).predict(asked)[:, 0] - np.sin(2 * asked[:, 0])).mean()
        for name in ("gaussian_process", "ridge_regression")
    }
    assert gaps["gaussian_process"] < 0.06
    assert gaps["ridge_regression"] > 0.4


def test_a_gaussian_process_is_scikit_learns():
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, WhiteKernel

    data = mixed("regression", "scaled", rows=80)
    kernel = RBF(0.7 * np.sqrt(data.x.shape[1])) + WhiteKernel(0.2)
    theirs = GaussianProcessRegressor(kernel, optimizer=None, normalize_y=True).fit(data.x, data.y)
    form = fitted("gaussian_process", data, steps=0, scale=0.7, noise=0.2)
    np.testing.assert_allclose(form.predict(data.x)[:, 0], theirs.predict(data.x), atol=1e-8)


@pytest.mark.parametrize("kind", ["exact", "sparse"])
def test_means_of_rows_left_out_are_those_of_fits_without_them(kind):
    from ninefold.forms.kernel import Similarity
    from ninefold.learners import _process

    x, wanted = RNG(0).normal(size=(25, 2)), RNG(1).normal(size=(25, 3))
    prior, centres = _process.Prior(Similarity("rbf", 0.4), 0.3), RNG(2).normal(size=(6, 2))

    def fit(rows):
        if kind == "exact":
            return _process.exact(x[rows], wanted[rows], prior)
        return _process.sparse(x[rows], wanted[rows], centres, prior)

    found = fit(np.arange(25))
    for i in (0, 7, 24):
        less = fit(np.delete(np.arange(25), i))
        alone = prior.similarity.between(x[[i]], less.centres) @ less.weights
        np.testing.assert_allclose(found.left_out[[i]], alone, atol=1e-6)


def test_many_rows_are_met_by_inducing_points():
    x = RNG(0).uniform(-3, 3, size=(600, 2))
    data = values(x, np.sin(x[:, 0]) * np.cos(x[:, 1]) + 0.1 * RNG(1).normal(size=600))
    exact, sparse = (fitted("gaussian_process", data, exact=rows, inducing=100) for rows in (600, 500))
    assert (len(exact.centres), len(sparse.centres) <= 100) == (600, True)
    assert np.abs(exact.predict(x) - sparse.predict(x)).mean() < 0.03


# --- rules


def mean_of(text, rows):
    """Whether a rule holds, read off its text as a person would."""
    answers = np.ones(len(rows["a"]), bool)
    for part in text.split(" and "):
        missing = part.endswith(" or missing)")
        said = part.removesuffix(" or missing)").removeprefix("(") if missing else part
        name, word, *rest = said.split(" ")
        column = rows[name]
        if word in ("<=", ">"):
            holds = column <= float(rest[0]) if word == "<=" else column > float(rest[0])
        else:
            negated = rest[0] == "not"
            codes = [float(code) for code in rest[negated:] if code != "or"]
            holds = (np.isin(column, codes) != negated) & ~np.isnan(column)
        answers &= np.where(np.isnan(column), missing, holds)
    return answers


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_rules_mean_what_they_say(task):
    data = mixed(task, "plain", rows=600)
    data = dataclasses.replace(data, x=np.round(data.x, 2))
    form = fitted("rules", data, rules=20)
    told = form.rules()
    assert 5 <= len(told) <= 20
    assert any("level is" in rule.text for rule in told)
    rows = {name: data.x[:, i] for i, name in enumerate(data.names)}
    hold = np.column_stack([mean_of(rule.text, rows) for rule in told])
    order = [{tuple(column): r for r, column in enumerate(form.hold(data.x).T)}[tuple(h)] for h in hold.T.astype(float)]
    assert sorted(order) == list(range(len(told)))
    np.testing.assert_allclose([rule.weights for rule in told], form.weights[order])


def test_rules_find_the_truth():
    """Positive where x0 > 0.5 and x1 <= -0.3: few rules, the first of them about these two columns near there."""
    x = RNG(0).normal(size=(800, 5))
    form = fitted("rules", classes(x, (x[:, 0] > 0.5) & (x[:, 1] <= -0.3)), rules=5)
    text = form.rules()[0].text
    assert ("x0" in text, "x1" in text) == (True, True)
    assert (form.predict(x).argmax(axis=1) == ((x[:, 0] > 0.5) & (x[:, 1] <= -0.3))).mean() > 0.97


def test_rules_that_no_tree_finds_are_none():
    form = fitted("rules", classes(np.ones((40, 2)), np.arange(40) % 2))
    np.testing.assert_allclose(form.predict(np.ones((3, 2))), 0.5)


# --- numbers known from elsewhere


@pytest.mark.parametrize(
    ("name", "data", "settings", "accuracy"),
    [
        ("support_vectors", "digits", {"c": 10.0, "gamma": 0.064, "every": 2}, 0.9883),
        ("support_vectors", "breast_cancer", {"c": 10.0, "scaled": True}, 0.977),
        ("support_vectors", "breast_cancer", {"kernel": "linear", "scaled": True}, 0.975),
        ("nystroem", "breast_cancer", {"c": 10.0, "scaled": True}, 0.977),
        ("elastic_net", "breast_cancer", {"scaled": True}, 0.979),
        ("gaussian_process", "breast_cancer", {"scaled": True, "every": 2}, 0.977),
        ("naive_bayes", "breast_cancer", {"scaled": True}, 0.93),
        ("rules", "breast_cancer", {"every": 2}, 0.968),
    ],
)
def test_reference_accuracy(name, data, settings, accuracy):
    assert folds(name, data, **settings) == pytest.approx(accuracy, abs=0.01)
