"""Every learner sits every check; what does not apply is pinned; and each check catches a learner that breaks it."""

from __future__ import annotations

import dataclasses
import itertools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ninefold import checks
from ninefold.checks._bench import mixed, take
from ninefold.checks._page import COMMAND, measured, page, written
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.errors import WishError
from ninefold.core.protocols import Examples
from ninefold.forms.constant import Constant

LEARNERS = (
    "adaboost",
    "agglomerative",
    "bag_of_embeddings",
    "bagging",
    "baseline",
    "catboost",
    "centre_density",
    "cnn",
    "dbscan",
    "decision_tree",
    "elastic_net",
    "explainable_boosting",
    "exponential_smoothing",
    "extra_trees",
    "fair_boosting",
    "fair_logistic",
    "fine_tuned",
    "gaussian_mixture",
    "gaussian_process",
    "hdbscan",
    "isolation_forest",
    "k_means",
    "lightgbm",
    "lightgbm_encoded",
    "linear_regression",
    "local_outlier_factor",
    "logistic_regression",
    "mlp",
    "multi_task",
    "naive_bayes",
    "nearest_neighbours",
    "nystroem",
    "one_class_svm",
    "ordinal_regression",
    "poisson_regression",
    "quantile_regression",
    "random_forest",
    "ridge_regression",
    "robust_distance",
    "rules",
    "series_cnn",
    "series_kernels",
    "series_recurrent",
    "support_vectors",
    "tabm",
    "text_cnn",
    "text_linear",
    "text_recurrent",
    "text_transformer",
    "trimmed_k_means",
    "xgboost",
)
CHECKS = (
    "absent_class",
    "beats_baseline",
    "budget",
    "card",
    "constant_columns",
    "duplicate_columns",
    "fails",
    "five_rows",
    "growth",
    "large_target",
    "missing_values",
    "no_columns",
    "one_row",
    "parity",
    "purity",
    "rows_alone",
    "seeds",
    "settings",
    "shapes",
    "unseen_codes",
)
OF_CLUSTERS = {"absent_class", "growth", "large_target", "missing_values", "unseen_codes"}
OF_TOKENS = {"constant_columns", "duplicate_columns", "missing_values", "no_columns", "unseen_codes"}
OF_NO_TARGET = {"absent_class", "fails", "growth", "large_target"}
OF_IMAGES = {"constant_columns", "duplicate_columns", "missing_values", "no_columns", "unseen_codes"}
NOT_APPLICABLE = {
    "adaboost": {"large_target"},
    "agglomerative": OF_CLUSTERS,
    "dbscan": OF_CLUSTERS,
    "gaussian_mixture": OF_CLUSTERS,
    "hdbscan": OF_CLUSTERS,
    "k_means": OF_CLUSTERS,
    "trimmed_k_means": OF_CLUSTERS,
    "bag_of_embeddings": OF_TOKENS,
    "baseline": {"beats_baseline", "growth"},
    "centre_density": {*OF_NO_TARGET, "missing_values", "unseen_codes"},
    "cnn": OF_IMAGES,
    "decision_tree": {"growth"},
    "elastic_net": {"growth", "missing_values", "unseen_codes"},
    "fair_boosting": {"absent_class", "growth", "large_target"},
    "fair_logistic": {"absent_class", "growth", "large_target", "missing_values", "unseen_codes"},
    "fine_tuned": OF_IMAGES,
    "gaussian_process": {"growth", "missing_values", "unseen_codes"},
    "isolation_forest": OF_NO_TARGET,
    "lightgbm_encoded": {"unseen_codes"},
    "linear_regression": {"absent_class", "growth", "missing_values", "unseen_codes"},
    "local_outlier_factor": {*OF_NO_TARGET, "missing_values", "unseen_codes"},
    "logistic_regression": {"growth", "large_target", "missing_values", "unseen_codes"},
    "mlp": {"missing_values", "unseen_codes"},
    "multi_task": {"absent_class", "fails", "large_target", "missing_values", "unseen_codes"},
    "naive_bayes": {"growth", "large_target", "missing_values", "unseen_codes"},
    "nearest_neighbours": {"growth", "missing_values", "unseen_codes"},
    "nystroem": {"growth", "missing_values", "unseen_codes"},
    "one_class_svm": {*OF_NO_TARGET, "missing_values", "unseen_codes"},
    "ordinal_regression": {"absent_class", "growth", "large_target", "missing_values", "unseen_codes"},
    "poisson_regression": {"absent_class", "growth", "large_target", "missing_values", "unseen_codes"},
    "quantile_regression": {
        "absent_class",
        "beats_baseline",
        "fails",
        "growth",
        "large_target",
        "missing_values",
        "unseen_codes",
    },
    "exponential_smoothing": {
        *("absent_class", "beats_baseline", "constant_columns", "duplicate_columns", "fails", "growth", "large_target"),
        *("no_columns", "unseen_codes"),
    },
    "ridge_regression": {"absent_class", "growth", "missing_values", "unseen_codes"},
    "robust_distance": {*OF_NO_TARGET, "missing_values", "unseen_codes"} - {"fails"},
    "rules": {"growth"},
    "series_cnn": {"beats_baseline", "constant_columns", "duplicate_columns", "no_columns", "unseen_codes"},
    "series_kernels": {"constant_columns", "duplicate_columns", "growth", "no_columns", "unseen_codes"},
    "series_recurrent": {"beats_baseline", "constant_columns", "duplicate_columns", "no_columns", "unseen_codes"},
    "support_vectors": {"growth", "missing_values", "unseen_codes"},
    "tabm": {"missing_values", "unseen_codes"},
    "text_cnn": OF_TOKENS,
    "text_linear": {*OF_TOKENS, "growth"},
    "text_recurrent": OF_TOKENS,
    "text_transformer": OF_TOKENS,
}
PAGE = Path(__file__).parents[2] / "docs/reference/learners.md"
RNG = np.random.default_rng


def test_inventory():
    assert parts.names("ninefold.learners") == LEARNERS
    assert parts.names("ninefold.checks") == CHECKS


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("learner", LEARNERS)
def test_check(learner, check):
    result = checks.examine(parts.make("ninefold.learners", learner), check)
    assert (result.not_applicable is not None) == (check in NOT_APPLICABLE.get(learner, set()))


def test_run_sits_all_checks():
    results = checks.run(parts.make("ninefold.learners", "linear_regression"))
    assert tuple(result.check for result in results) == CHECKS


# --- a check that cannot fail is none: each catches a learner that breaks its promise


def said(x, *chances):
    return np.tile(chances, (len(x), 1))


WAYS = {
    "honest": lambda x: said(x, 0.5, 0.5),
    "too wide": lambda x: said(x, 0.5, 0.5, 0.0),
    "not what its graph says": lambda x: said(x, 0.4, 0.6),
    "another mean": lambda x: said(x, 0.1, 0.9),
    "looks at the rows beside": lambda x: said(x, 1.0, 0.0) if len(x) < 9 else said(x, 0.5, 0.5),
    "chokes on new codes": lambda x: said(x, np.nan if (x == 999.0).any() else 0.5, 0.5),
    "chokes on gaps": lambda x: said(x, np.nan if np.isnan(x).all() else 0.5, 0.5),
    "changes rows": lambda x: said(x, *np.multiply(0.5, x.__setitem__(0, 7.0) or (1, 1))),
}


@dataclasses.dataclass(frozen=True)
class Says:
    """A form that says what it is told to, and whose graph says one half."""

    predict: Callable
    width: int
    rounds: int = 500

    def graph(self, x):
        return Constant(np.array([0.5, 0.5]), self.width).graph(x)

    def borders(self):
        return np.zeros((0, self.width))


@dataclasses.dataclass(frozen=True)
class Broken:
    """A learner of one of `WAYS`."""

    way: str = "honest"

    card = dataclasses.replace(
        parts.find("ninefold.learners", "baseline").card, solves=("binary",), fails_on=("noise",)
    )
    portfolio = ({},)

    def fit(self, data, *, rng, clock):
        return Says(WAYS[self.way], data.x.shape[1])


@dataclasses.dataclass(frozen=True)
class Unseeded(Broken):
    def fit(self, data, *, rng, clock):
        chance = np.random.default_rng().random()
        return Says(lambda x: said(x, chance, 1 - chance), data.x.shape[1])


@dataclasses.dataclass(frozen=True)
class Growing(Broken):
    trees: int = parts.setting(500, "Trees", low=1, high=900, tiny=20, grows=True)


@dataclasses.dataclass(frozen=True)
class OutOfBounds(Broken):
    trees: int = parts.setting(500, "Trees", low=1, high=100)


class Claims(Broken):
    card = dataclasses.replace(Broken.card, fails_on=(), beats_baseline_on=("halfspace",))


class ClaimsUnknown(Broken):
    card = dataclasses.replace(Broken.card, fails_on=("atlantis",))


class ClaimsOtherTask(Broken):
    card = dataclasses.replace(Broken.card, fails_on=("linear",))


class Absent(Broken):
    card = dataclasses.replace(Broken.card, solves=("multiclass",))

    def fit(self, data, *, rng, clock):
        return Says(lambda x: said(x, 1 / 3, 1 / 3, 1 / 3), data.x.shape[1])


class InSmallUnits(Broken):
    card = dataclasses.replace(Broken.card, solves=("regression",))

    def fit(self, data, *, rng, clock):
        return Says(lambda x: said(x, min(data.y.mean(), 1e6)), data.x.shape[1])


def test_an_honest_learner_passes():
    checks.run(Broken())


@pytest.mark.parametrize(
    ("check", "learner"),
    [
        ("absent_class", Absent()),
        ("beats_baseline", Claims()),
        ("budget", Growing()),
        ("card", ClaimsUnknown()),
        ("card", ClaimsOtherTask()),
        ("constant_columns", Broken("too wide")),
        ("duplicate_columns", Broken("too wide")),
        ("five_rows", Broken("too wide")),
        ("growth", Growing()),
        ("large_target", InSmallUnits()),
        ("missing_values", Broken("chokes on gaps")),
        ("no_columns", Broken("another mean")),
        ("one_row", Broken("too wide")),
        ("parity", Broken("not what its graph says")),
        ("purity", Broken("changes rows")),
        ("rows_alone", Broken("looks at the rows beside")),
        ("seeds", Unseeded()),
        ("settings", OutOfBounds()),
        ("shapes", Broken("too wide")),
        ("unseen_codes", Broken("chokes on new codes")),
    ],
)
def test_check_catches(check, learner):
    with pytest.raises(checks.CheckFailed):
        checks.examine(learner, check)


def test_fails_catches_a_learner_that_knows():
    learner = parts.make("ninefold.learners", "logistic_regression")
    modest = type("Modest", (type(learner),), {"card": dataclasses.replace(learner.card, fails_on=("halfspace",))})()
    with pytest.raises(checks.CheckFailed, match="halfspace"):
        checks.examine(modest, "fails")


# --- the page


def test_page_is_up_to_date():
    text = PAGE.read_text(encoding="utf-8")
    assert page(written(text)) == text, f"run: {COMMAND}"
    assert {pair: pytest.approx(score, abs=0.06) for pair, score in measured().items()} == written(text)


# --- numbers known from elsewhere


def folds(name, x, y, *, scaled=False, **settings):
    """Mean accuracy over the five folds of StratifiedKFold(shuffle=True, random_state=0)."""
    from sklearn.model_selection import StratifiedKFold

    learner, right = parts.make("ninefold.learners", name, settings), []
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(x, y):
        mean, spread = (x[train].mean(axis=0), x[train].std(axis=0)) if scaled else (0.0, np.ones(x.shape[1]))
        seen = (x - mean) / np.where(spread == 0, 1.0, spread)
        form = learner.fit(examples(seen[train], y[train]), rng=RNG(0), clock=Clock())
        right.append((form.predict(seen[test]).argmax(axis=1) == y[test]).mean())
    return np.mean(right)


def examples(x, y):
    outputs = int(y.max()) + 1
    task = "binary" if outputs == 2 else "multiclass"
    return Examples(x, y.astype(np.int64), task, outputs, tuple(f"x{i}" for i in range(x.shape[1])))


@pytest.mark.parametrize(
    ("name", "data", "settings", "accuracy"),
    [
        ("nearest_neighbours", "breast_cancer", {"k": 3, "weights": "uniform", "scaled": True}, 0.965),
        ("nearest_neighbours", "breast_cancer", {"k": 3, "weights": "uniform"}, 0.932),
        ("nearest_neighbours", "digits", {"k": 3, "weights": "uniform"}, 0.9878),
        ("logistic_regression", "breast_cancer", {"c": 1.0, "scaled": True}, 0.979),
        ("logistic_regression", "digits", {"c": 1.0, "scaled": True}, 0.969),
        ("random_forest", "digits", {"trees": 60, "min_rows": 1}, 0.975),
        ("extra_trees", "digits", {"trees": 60, "min_rows": 1}, 0.980),
        ("lightgbm", "breast_cancer", {}, 0.975),
    ],
)
def test_reference_accuracy(name, data, settings, accuracy):
    from sklearn import datasets

    x, y = getattr(datasets, f"load_{data}")(return_X_y=True)
    assert folds(name, x, y, **settings) == pytest.approx(accuracy, abs=0.006)


def test_pruned_tree_of_the_textbook_example():
    """Breast cancer: unpruned, 31 nodes and 0.881 of the test rows; pruned by one standard error, nine or so."""
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split

    x, x_test, y, y_test = train_test_split(*load_breast_cancer(return_X_y=True), random_state=0)
    form = parts.make("ninefold.learners", "decision_tree").fit(examples(x, y), rng=RNG(0), clock=Clock())
    assert len(form.feature) + len(form.leaves) in (7, 9, 11, 13)
    assert (form.predict(x_test).argmax(axis=1) == y_test).mean() > 0.91


def test_prices_read_off_one_tree_equal_trees_grown_for_each():
    from sklearn.tree import DecisionTreeRegressor

    from ninefold.learners import _pruning

    data = mixed("regression", "plain", rows=300)
    x = data.x.astype(np.float32)
    grown = DecisionTreeRegressor(random_state=0).fit(x, data.y)
    prices = _pruning.prices(grown.cost_complexity_pruning_path(x, data.y).ccp_alphas)
    said = _pruning.predictions(grown.tree_, x, prices)
    assert 20 < len(prices) <= 50
    assert len(np.unique(said[-1])) == 1
    for price, values in zip(prices, said, strict=True):
        again = DecisionTreeRegressor(random_state=0, ccp_alpha=price).fit(x, data.y).predict(x)
        np.testing.assert_allclose(values[:, 0], again, rtol=1e-12)


@pytest.mark.parametrize("task", ["binary", "multiclass"])
@pytest.mark.parametrize("c", [0.1, 10.0])
def test_logistic_regression_is_scikit_learns(task, c):
    from sklearn.linear_model import LogisticRegression

    data = mixed(task, "scaled", rows=400)
    form = parts.make("ninefold.learners", "logistic_regression", {"c": c}).fit(data, rng=RNG(0), clock=Clock())
    theirs = LogisticRegression(C=c, max_iter=1000, tol=1e-8).fit(data.x, data.y).predict_proba(data.x)
    np.testing.assert_allclose(form.predict(data.x), theirs, atol=5e-3)


def test_least_squares_is_scikit_learns():
    from sklearn.linear_model import LinearRegression, Ridge

    data = mixed("regression", "scaled", rows=300)
    for name, theirs in (("linear_regression", LinearRegression()), ("ridge_regression", Ridge(alpha=1.0))):
        form = parts.make("ninefold.learners", name).fit(data, rng=RNG(0), clock=Clock())
        np.testing.assert_allclose(form.predict(data.x)[:, 0], theirs.fit(data.x, data.y).predict(data.x), atol=1e-9)


def test_least_squares_of_many_blocks_is_that_of_one(monkeypatch):
    from ninefold.learners import _least_squares

    data = mixed("regression", "scaled", rows=300)
    whole = _least_squares.least_squares(data, 2.0, RNG(0), Clock())
    monkeypatch.setattr(_least_squares, "BLOCK", 17)
    blocks = _least_squares.least_squares(data, 2.0, RNG(0), Clock())
    np.testing.assert_allclose(blocks.coefficients, whole.coefficients, atol=1e-12)
    hurried = _least_squares.least_squares(data, 2.0, RNG(0), Clock(0.0))
    assert not np.allclose(hurried.coefficients, whole.coefficients, atol=1e-3)


# --- many trees


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_out_of_bag_score_is_scikit_learns(task):
    from sklearn import ensemble

    data = mixed(task, "plain", rows=300)
    learner = parts.make("ninefold.learners", "random_forest", {"trees": 40, "min_rows": 5, "columns": 0.66})
    form = learner.fit(data, rng=RNG(0), clock=Clock())
    kind = ensemble.RandomForestRegressor if task == "regression" else ensemble.RandomForestClassifier
    seed = int(RNG(0).integers(2**31 - 1))
    theirs = kind(40, min_samples_leaf=5, max_features=0.66, oob_score=True, random_state=seed).fit(data.x, data.y)
    assert form.out_of_bag == pytest.approx(theirs.oob_score_, abs=1e-12)


def test_out_of_bag_score_is_not_measured_where_it_cannot_be(monkeypatch):
    from ninefold.learners import _forests

    data = mixed("binary", "plain")
    learner = parts.tiny(parts.make("ninefold.learners", "random_forest"))
    assert learner.fit(data, rng=RNG(0), clock=Clock(0.0)).out_of_bag is None
    assert learner.fit(data, rng=RNG(0), clock=Clock()).out_of_bag > 0.5
    monkeypatch.setattr(_forests, "MOST_DRAWS", 100)
    assert learner.fit(data, rng=RNG(0), clock=Clock()).out_of_bag is None


@pytest.mark.parametrize(("task", "rate"), [("binary", 1.0), ("multiclass", 1.0), ("multiclass", 0.5)])
def test_adaboost_is_scikit_learns(task, rate):
    """Other seeds play no part where a tree may look at every column and no two splits are as good."""
    from sklearn.ensemble import AdaBoostClassifier
    from sklearn.tree import DecisionTreeClassifier

    data = mixed(task, "plain", rows=400)
    x = np.nan_to_num(data.x + 1e-3 * RNG(1).normal(size=data.x.shape), nan=-9.0).astype(np.float32)
    learner = parts.make("ninefold.learners", "adaboost", {"trees": 10, "depth": 2, "learning_rate": rate})
    form = learner.fit(dataclasses.replace(data, x=x.astype(float)), rng=RNG(0), clock=Clock())
    base = DecisionTreeClassifier(max_depth=2)
    theirs = AdaBoostClassifier(base, n_estimators=10, learning_rate=rate, random_state=0).fit(x, data.y)
    np.testing.assert_allclose(form.predict(x), theirs.predict_proba(x), atol=1e-12)


def test_adaboost_ends_with_a_tree_that_makes_no_mistake():
    x = np.arange(20.0)[:, None]
    form = parts.make("ninefold.learners", "adaboost").fit(examples(x, (x[:, 0] > 9) * 1), rng=RNG(0), clock=Clock())
    assert form.rounds == 1
    assert (form.predict(x).argmax(axis=1) == (x[:, 0] > 9)).all()


def resampled(name, settings, resamples=8, rows=150):
    """Squared bias and variance, over draws of the training rows, of a regression on rows never seen."""
    rng = RNG(0)
    truth = lambda x: np.sin(3 * x[:, 0]) + x[:, 1] ** 2  # noqa: E731
    unseen = rng.uniform(-1, 1, (300, 2))
    learner, said = parts.make("ninefold.learners", name, settings), []
    for seed in range(resamples):
        x = RNG(seed).uniform(-1, 1, (rows, 2))
        y = truth(x) + 0.4 * RNG(100 + seed).normal(size=rows)
        data = Examples(x, y, "regression", 1, ("a", "b"))
        said.append(learner.fit(data, rng=RNG(0), clock=Clock()).predict(unseen)[:, 0])
    return ((np.mean(said, axis=0) - truth(unseen)) ** 2).mean(), np.var(said, axis=0).mean()


def test_bagging_lowers_the_variance_of_a_tree():
    """Twelve bags of the very tree that stands alone: settings are the first of its portfolio."""
    tree = dict(parts.find("ninefold.learners", "decision_tree").portfolio[0])
    _, alone = resampled("decision_tree", tree)
    _, bagged = resampled("bagging", {"base": "decision_tree", "bags": 12})
    assert bagged < 0.6 * alone


def test_boosting_lowers_the_bias_of_its_trees():
    settings = {"leaves": 4, "learning_rate": 0.1, "min_rows": 5}
    few, _ = resampled("lightgbm", {**settings, "trees": 10})
    many, _ = resampled("lightgbm", {**settings, "trees": 100})
    assert many < 0.3 * few


def test_bagging_takes_any_learner_and_stops_it_on_rows_left_out():
    data = mixed("regression", "plain", rows=200)
    form = parts.make("ninefold.learners", "bagging", {"base": "lightgbm", "bags": 2}).fit(
        data, rng=RNG(0), clock=Clock()
    )
    assert {type(member).__name__ for member in form.members} == {"Forest"}
    assert all(member.rounds < 500 for member in form.members)
    np.testing.assert_allclose(
        form.predict(data.x), (form.members[0].predict(data.x) + form.members[1].predict(data.x)) / 2
    )
    smooth = mixed("regression", "scaled")
    ridge = parts.make("ninefold.learners", "bagging", {"base": "ridge_regression", "bags": 2})
    assert ridge.fit(smooth, rng=RNG(0), clock=Clock()).rounds == 2


@pytest.mark.parametrize(
    ("base", "task", "text"),
    [("ridge_regression", "binary", "does not solve"), ("ridge_regression", "regression", "needs complete numbers")],
)
def test_bagging_refuses_a_learner_that_does_not_fit(base, task, text):
    learner = parts.make("ninefold.learners", "bagging", {"base": base})
    with pytest.raises(WishError, match=text):
        learner.fit(mixed(task, "plain"), rng=RNG(0), clock=Clock())


def wavy(rows=500):
    """Column a acts alone, b and c act together; d is noise."""
    x = RNG(0).uniform(-1, 1, (rows, 4))
    y = np.sin(3 * x[:, 0]) + 2 * np.sign(x[:, 1] * x[:, 2]) + 0.1 * RNG(1).normal(size=rows)
    return Examples(x, y, "regression", 1, tuple("abcd"))


def effects_of_a(form):
    """[rows, steps]: what a row says for each value of column a, less what it says for the first."""
    rows = RNG(2).uniform(-1, 1, (50, 4))
    said = []
    for value in np.linspace(-1, 1, 21):
        rows[:, 0] = value
        said.append(form.predict(rows)[:, 0])
    return np.array(said).T - said[0][:, None]


def test_explainable_boosting_is_a_sum_of_curves():
    """What a column does is the same whatever the other columns say; LightGBM without the bounds fails this."""
    data = wavy()
    bound = parts.make("ninefold.learners", "explainable_boosting", {"pairs": 1}).fit(data, rng=RNG(0), clock=Clock())
    curve = effects_of_a(bound)
    assert curve.std(axis=0).max() < 1e-9
    assert np.ptp(curve[0]) > 1.5
    free = parts.make("ninefold.learners", "lightgbm").fit(data, rng=RNG(0), clock=Clock())
    assert effects_of_a(free).std(axis=0).max() > 0.01


def test_explainable_boosting_finds_the_pair_that_acts_together():
    data = wavy()
    with_pair, without = (
        parts.make("ninefold.learners", "explainable_boosting", {"pairs": pairs}).fit(data, rng=RNG(0), clock=Clock())
        for pairs in (1, 0)
    )
    error = [float(((form.predict(data.x)[:, 0] - data.y) ** 2).mean()) for form in (with_pair, without)]
    assert error[0] < 0.15
    assert error[1] > 1.0


# --- growing and stopping


def test_boosting_stops_where_the_stopping_rows_say():
    """On noise the first rounds are the best; the form keeps those and no later one."""
    rng = RNG(0)
    x, y = rng.normal(size=(400, 5)), rng.integers(0, 2, 400)
    data = dataclasses.replace(examples(x[:200], y[:200]), stop=examples(x[200:], y[200:]))
    learner = parts.make("ninefold.learners", "lightgbm", {"patience": 10})
    form = learner.fit(data, rng=RNG(0), clock=Clock())
    full = learner.fit(dataclasses.replace(data, stop=None), rng=RNG(0), clock=Clock())
    assert form.rounds < 30
    assert full.rounds == 500
    first = dataclasses.replace(learner, trees=form.rounds)
    short = first.fit(dataclasses.replace(data, stop=None), rng=RNG(0), clock=Clock())
    np.testing.assert_array_equal(form.predict(x), short.predict(x))


@pytest.mark.parametrize("name", ["adaboost", "catboost", "extra_trees", "lightgbm", "random_forest", "xgboost"])
def test_more_time_means_more_rounds(name, monkeypatch):
    """A clock that runs out at the third look at it; forests look after every tree."""
    from ninefold.learners import _forests

    monkeypatch.setattr(_forests, "BATCH_SECONDS", 0.0)

    looks = itertools.chain([2.0, 1.0], itertools.repeat(0.0))

    class Third(Clock):
        @property
        def left(self):
            return next(looks)

    data = mixed("binary", "plain")
    learner = parts.make("ninefold.learners", name)
    rounds = learner.fit(data, rng=RNG(0), clock=Third()).rounds
    assert 3 <= rounds < learner.trees


@pytest.mark.parametrize("name", ["extra_trees", "random_forest"])
def test_forest_does_not_depend_on_how_it_was_batched(name, monkeypatch):
    from ninefold.learners import _forests

    data = mixed("multiclass", "plain")
    learner = parts.make("ninefold.learners", name, {"trees": 20})
    quick = learner.fit(data, rng=RNG(0), clock=Clock()).predict(data.x)
    monkeypatch.setattr(_forests, "BATCH_SECONDS", 0.0)
    np.testing.assert_array_equal(learner.fit(data, rng=RNG(0), clock=Clock()).predict(data.x), quick)


def test_neighbours_keep_at_most_their_rows():
    data = mixed("binary", "scaled", rows=300)
    form = parts.make("ninefold.learners", "nearest_neighbours", {"rows": 100}).fit(data, rng=RNG(0), clock=Clock())
    assert form.rows.shape == (100, data.x.shape[1])
    assert {tuple(row) for row in form.rows} <= {tuple(row) for row in data.x}


def test_boosting_learns_from_three_rows():
    data = take(mixed("regression", "plain"), [0, 1, 2])
    form = parts.make("ninefold.learners", "lightgbm").fit(data, rng=RNG(0), clock=Clock())
    np.testing.assert_allclose(form.predict(data.x)[:, 0], data.y.mean(), rtol=1e-6)


def test_cards_load_no_heavy_library():
    code = (
        "import sys; from ninefold.core import parts; "
        "[parts.find('ninefold.learners', n) for n in parts.names('ninefold.learners')]; "
        "print(sorted({'sklearn', 'lightgbm', 'xgboost', 'catboost', 'scipy', 'torch'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
