"""Metrics equal scikit-learn's reference implementations, say NaN where undefined, and are fast enough to resample."""

import time
import warnings

import numpy as np
import pytest
import sklearn.metrics as reference
from scipy.stats import spearmanr

from ninefold.core import parts
from ninefold.core.loss import loss, loss_per_row
from ninefold_runtime.schema import SPOKEN

PACKAGE = "ninefold.metrics"


def make(name):
    return parts.make(PACKAGE, name)


NAMES = [name for name in parts.names(PACKAGE) if not {*make(name).solves} & {*SPOKEN}]
"""All but those of texts, which `test_text_metrics` has."""


def classified(classes, rows=300, seed=0, ties=False):
    rng = np.random.default_rng(seed)
    y = rng.integers(classes, size=rows)
    raw = rng.gamma(1.0, size=(rows, classes)) + 0.8 * np.eye(classes)[y]
    probabilities = raw / raw.sum(axis=1, keepdims=True)
    if ties:
        probabilities = np.round(probabilities * 4) / 4 + 0.05
        probabilities /= probabilities.sum(axis=1, keepdims=True)
    return y, probabilities


def valued(rows=200, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.normal(5, 2, size=rows)
    return y, (y + rng.normal(0, 1, size=rows))[:, None]


def averaging(y, p):
    return {"average": "binary" if p.shape[1] == 2 else "macro"}


CLASSIFICATION = {
    "accuracy": lambda y, p: reference.accuracy_score(y, p.argmax(1)),
    "balanced_accuracy": lambda y, p: reference.balanced_accuracy_score(y, p.argmax(1)),
    "precision": lambda y, p: reference.precision_score(y, p.argmax(1), **averaging(y, p)),
    "recall": lambda y, p: reference.recall_score(y, p.argmax(1), **averaging(y, p)),
    "f1": lambda y, p: reference.f1_score(y, p.argmax(1), **averaging(y, p)),
    "mcc": lambda y, p: reference.matthews_corrcoef(y, p.argmax(1)),
    "roc_auc": lambda y, p: reference.roc_auc_score(y, p[:, 1] if p.shape[1] == 2 else p, multi_class="ovr"),
    "average_precision": lambda y, p: reference.average_precision_score(y, p[:, 1] if p.shape[1] == 2 else p),
    "log_loss": reference.log_loss,
    "brier": lambda y, p: reference.brier_score_loss(y, p[:, 1] if p.shape[1] == 2 else p),
}
REGRESSION = {
    "rmse": reference.root_mean_squared_error,
    "mae": reference.mean_absolute_error,
    "median_absolute_error": reference.median_absolute_error,
    "r2": reference.r2_score,
    "mape": reference.mean_absolute_percentage_error,
    "pinball": reference.mean_pinball_loss,
    "rank_correlation": lambda y, p: spearmanr(y, p[:, 0]).statistic,
    "smape": lambda y, p: np.mean(2 * np.abs(y - p[:, 0]) / (np.abs(y) + np.abs(p[:, 0]))),
}


MULTILABEL = {
    "roc_auc": lambda y, p: reference.roc_auc_score(y, p, average="macro"),
    "average_precision": lambda y, p: reference.average_precision_score(y, p, average="macro"),
    "log_loss": lambda y, p: np.mean([reference.log_loss(y[:, t], p[:, t]) for t in range(y.shape[1])]),
    "f1": lambda y, p: reference.f1_score(y, p >= 0.5, average="macro"),
    "micro_f1": lambda y, p: reference.f1_score(y, p >= 0.5, average="micro"),
    "hamming_loss": lambda y, p: reference.hamming_loss(y, p >= 0.5),
    "subset_accuracy": lambda y, p: reference.accuracy_score(y, p >= 0.5),
}
COUNT = {"poisson_deviance": reference.mean_poisson_deviance}
ORDINAL = {
    "quadratic_kappa": lambda y, labels: reference.cohen_kappa_score(y, labels, weights="quadratic"),
    "rank_mae": reference.mean_absolute_error,
}
QUANTILE = {
    "mean_pinball": lambda y, p: np.mean(
        [reference.mean_pinball_loss(y, p[:, k], alpha=level) for k, level in enumerate((0.1, 0.5, 0.9))]
    )
}
MULTIOUTPUT = {
    "r2": reference.r2_score,
    "relative_rmse": lambda y, p: np.mean(
        reference.root_mean_squared_error(y, p, multioutput="raw_values") / y.std(axis=0)
    ),
}
FORECAST = {
    "mase": reference.mean_absolute_error,
    "rmsse": lambda y, p: np.sqrt(reference.mean_squared_error(y, p)),
}
OF_ROWS = {
    "silhouette": reference.silhouette_score,
    "davies_bouldin": reference.davies_bouldin_score,
    "calinski_harabasz": reference.calinski_harabasz_score,
}
OF_TRUTH = {
    "adjusted_rand": reference.adjusted_rand_score,
    "normalized_mutual_information": reference.normalized_mutual_info_score,
}


def labelled(rows=300, targets=3, seed=0):
    rng = np.random.default_rng(seed)
    chance = rng.random((rows, targets)) * np.linspace(0.4, 1.0, targets)
    return (rng.random((rows, targets)) < chance).astype(np.int64), chance


def measured(rows=200, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.normal(5, 2, size=(rows, 3)) * [1.0, 10.0, 1000.0]
    return y, y + rng.normal(0, 1, size=(rows, 3)) * [1.0, 3.0, 2000.0]


def counted(rows=200, seed=0):
    rng = np.random.default_rng(seed)
    mean = rng.gamma(1.0, 3.0, size=rows)
    return rng.poisson(mean).astype(float), mean[:, None] + 0.1


@pytest.mark.parametrize("name", COUNT)
def test_counts_equal_reference(name):
    y, p = counted()
    assert make(name).score(y, p) == pytest.approx(COUNT[name](y, p[:, 0]), rel=1e-12)


def test_a_count_where_none_was_expected_costs_a_finite_loss():
    assert loss("count", np.array([0.0, 1.0]), np.zeros((2, 1))) == pytest.approx(np.log(1e6) - 1, abs=1e-4)


@pytest.mark.parametrize("name", ORDINAL)
def test_ordinal_equals_reference_with_the_nearest_rank_decided(name):
    y, p = classified(4)
    nearest = [min(range(4), key=lambda k, row=row: sum(row[j] * (j - k) ** 2 for j in range(4))) for row in p]
    assert make(name).score(y, p) == pytest.approx(ORDINAL[name](y, nearest), abs=1e-12)
    given = p.argmax(axis=1)
    assert make(name).score(y, p, given) == pytest.approx(ORDINAL[name](y, given), abs=1e-12)


def test_kappa_of_one_class_alone_is_undefined_and_of_one_decision_zero():
    assert np.isnan(make("quadratic_kappa").score(np.zeros(3, int), np.eye(3)[[0, 0, 0]]))
    assert make("quadratic_kappa").score(np.array([0, 1, 2]), np.eye(3)[[1, 1, 1]]) == 0.0


def spread(rows=200, seed=0):
    y, p = valued(rows, seed)
    return y, p + np.array([-1.0, 0.1, 1.5])


@pytest.mark.parametrize("name", QUANTILE)
def test_quantiles_equal_reference(name):
    y, p = spread()
    assert make(name).score(y, p) == pytest.approx(QUANTILE[name](y, p), rel=1e-12)
    other = parts.make(PACKAGE, name, {"levels": "0.25"})
    assert other.score(y, p[:, :1]) == pytest.approx(reference.mean_pinball_loss(y, p[:, 0], alpha=0.25), rel=1e-12)


def blended(rows=200, seed=0):
    """A number and a yes/no category with their predictions."""
    rng = np.random.default_rng(seed)
    y = np.column_stack([rng.normal(size=rows), np.arange(rows) % 2])
    yes = np.clip(0.5 + 0.3 * (2 * y[:, 1] - 1) + 0.1 * rng.normal(size=rows), 0.01, 0.99)
    return y, np.column_stack([y[:, 0] + 0.5 * rng.normal(size=rows), 1 - yes, yes])


MIXED = {
    "relative_loss": lambda y, p: (
        (1 - reference.r2_score(y[:, 0], p[:, 0])) / 2
        + reference.log_loss(y[:, 1], p[:, 1:]) / reference.log_loss(y[:, 1], np.full(len(y), y[:, 1].mean())) / 2
    )
}


@pytest.mark.parametrize("name", MIXED)
def test_mixed_targets_equal_reference(name):
    y, p = blended()
    assert make(name).score(y, p) == pytest.approx(MIXED[name](y, p), rel=1e-12)


PERFECT = {
    "multitask": lambda y, p: np.column_stack([y[:, 0], 1 - y[:, 1], y[:, 1]]),
    "binary": lambda y, p: np.eye(p.shape[1])[y],
    "ordinal": lambda y, p: np.eye(p.shape[1])[y],
    "quantile": lambda y, p: np.tile(y[:, None], p.shape[1]),
}
"""What the best predictions are, where they are not the truth itself."""


def clustered(name, clusters=3, rows=200, seed=0):
    """What the metric takes for y, and memberships of clusters that lie somewhat apart and follow a truth mostly."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(clusters, size=rows)
    x = 2.0 * np.eye(clusters, 4)[codes] + rng.normal(size=(rows, 4))
    truth = np.where(rng.random(rows) < 0.7, codes, rng.integers(clusters, size=rows))
    return (x if name in OF_ROWS else truth), np.eye(clusters)[codes]


def suited(name, rows=200, ties=False):
    """Truth and predictions of the first task that the metric solves."""
    made = {
        "binary": lambda n: classified(2, n, ties=ties),
        "ordinal": lambda n: classified(4, n),
        "regression": valued,
        "count": counted,
        "quantile": spread,
        "multilabel": labelled,
        "multioutput": measured,
        "forecast": measured,
        "multitask": blended,
        "anomaly": valued,
        "clustering": lambda n: clustered(name, rows=n),
    }
    return made[make(name).solves[0]](rows)


def test_every_metric_is_held_against_a_reference():
    of_one, of_several = (CLASSIFICATION, REGRESSION, COUNT, ORDINAL, QUANTILE), (MULTILABEL, MULTIOUTPUT, MIXED)
    assert set(NAMES) == set().union(*of_one, *of_several, FORECAST, OF_ROWS, OF_TRUTH)


@pytest.mark.parametrize("name", MULTILABEL)
def test_multilabel_equals_reference(name):
    y, p = labelled()
    assert make(name).score(y, p) == pytest.approx(MULTILABEL[name](y, p), abs=1e-12)


def test_decided_labels_are_scored_where_they_are_given():
    y, p = labelled()
    others = (p >= 0.2).astype(np.int64)
    assert make("hamming_loss").score(y, p, others) == pytest.approx(reference.hamming_loss(y, others))
    assert make("f1").score(y, p, others) == pytest.approx(reference.f1_score(y, others, average="macro"))


@pytest.mark.parametrize("name", MULTIOUTPUT)
def test_multioutput_equals_reference(name):
    y, p = measured()
    assert make(name).score(y, p) == pytest.approx(MULTIOUTPUT[name](y, p), rel=1e-12)


@pytest.mark.parametrize("name", FORECAST)
def test_forecasts_equal_reference(name):
    y, p = measured()
    assert make(name).score(y, p) == pytest.approx(FORECAST[name](y, p), rel=1e-12)


@pytest.mark.parametrize("name", MULTIOUTPUT)
def test_constant_targets_are_left_out(name):
    y, p = measured()
    y[:, 1] = 3.0
    assert make(name).score(y, p) == pytest.approx(MULTIOUTPUT[name](y[:, [0, 2]], p[:, [0, 2]]))
    y[:] = 3.0
    assert np.isnan(make(name).score(y, p))


def test_the_loss_of_several_values_does_not_depend_on_their_units():
    y, p = measured()
    each = ((y - p) / y.std(axis=0)) ** 2
    assert loss("multioutput", y, p) == pytest.approx(each.mean())
    assert loss("multioutput", y * [1e6, 1.0, 1e-6], p * [1e6, 1.0, 1e-6]) == pytest.approx(each.mean())
    assert loss_per_row("multioutput", y, p)[:2] == pytest.approx(
        ((y - p) / y.std(axis=0))[:2] ** 2 @ np.full(3, 1 / 3)
    )


def test_the_loss_of_labels_is_the_mean_of_their_log_losses():
    y, p = labelled()
    assert loss_per_row("multilabel", y, p).mean() == pytest.approx(MULTILABEL["log_loss"](y, p))


@pytest.mark.parametrize("clusters", [2, 3, 7])
@pytest.mark.parametrize("name", OF_ROWS | OF_TRUTH)
def test_of_clusters_equals_reference(name, clusters):
    y, memberships = clustered(name, clusters, seed=clusters)
    expected = (OF_ROWS | OF_TRUTH)[name](y, memberships.argmax(1))
    assert make(name).score(y, memberships) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", OF_ROWS)
def test_one_cluster_and_one_per_row_are_undefined(name):
    y = np.random.default_rng(0).normal(size=(6, 2))
    assert np.isnan(make(name).score(y, np.ones((6, 1))))
    assert np.isnan(make(name).score(y, np.eye(6)))


@pytest.mark.parametrize("name", OF_ROWS)
def test_a_cluster_nobody_is_in_does_not_count(name):
    y, memberships = clustered(name)
    wider = np.hstack([memberships[:, :1], np.zeros((len(y), 1)), memberships[:, 1:]])
    assert make(name).score(y, wider) == make(name).score(y, memberships)


def test_a_row_that_is_its_cluster_alone_has_silhouette_zero():
    x, codes = np.array([[0.0], [0.1], [5.0]]), np.array([0, 0, 1])
    assert make("silhouette").score(x, np.eye(2)[codes]) == pytest.approx(reference.silhouette_score(x, codes))


def test_the_silhouette_of_many_rows_is_that_of_a_sample():
    y, memberships = clustered("silhouette", rows=4000)
    whole = reference.silhouette_score(y, memberships.argmax(1))
    assert make("silhouette").score(y, memberships) == pytest.approx(whole, abs=0.02)


@pytest.mark.parametrize("name", OF_TRUTH)
def test_rows_of_unknown_truth_do_not_count(name):
    y, memberships = clustered(name)
    y = np.where(np.arange(len(y)) < 50, -1, y)
    assert make(name).score(y, memberships) == make(name).score(y[50:], memberships[50:])
    assert np.isnan(make(name).score(np.full(5, -1), np.eye(5)))


def test_random_labels_agree_with_nothing():
    rng = np.random.default_rng(0)
    truth, labels = rng.integers(3, size=2000), rng.integers(4, size=2000)
    assert make("adjusted_rand").score(truth, np.eye(4)[labels]) == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("name", CLASSIFICATION)
def test_classification_equals_reference(name, classes, ties):
    y, p = classified(classes, ties=ties, seed=classes)
    assert make(name).score(y, p) == pytest.approx(CLASSIFICATION[name](y, p), abs=1e-12)


@pytest.mark.parametrize("name", REGRESSION)
def test_regression_equals_reference(name):
    y, p = valued()
    assert make(name).score(y, p) == pytest.approx(REGRESSION[name](y, p), rel=1e-12)


def test_pinball_other_quantile():
    y, p = valued()
    metric = parts.make(PACKAGE, "pinball", {"alpha": 0.9})
    assert metric.score(y, p) == pytest.approx(reference.mean_pinball_loss(y, p, alpha=0.9))


@pytest.mark.parametrize("name", OF_ROWS | OF_TRUTH)
def test_direction_of_clusters_is_told_truly(name):
    y, memberships = clustered(name)
    worse = np.roll(memberships, 20, axis=0)
    better = make(name).score(y, memberships) > make(name).score(y, worse)
    assert better == make(name).higher_is_better


@pytest.mark.parametrize("name", CLASSIFICATION | REGRESSION)
def test_direction_is_told_truly(name):
    metric = make(name)
    y, p = classified(3) if "multiclass" in metric.solves else suited(name)
    perfect = PERFECT.get(metric.solves[0], lambda y, p: y.reshape(p.shape).astype(float))(y, p)
    better = metric.score(y, perfect) > metric.score(y, p)
    assert better == metric.higher_is_better


@pytest.mark.parametrize("name", [n for n in CLASSIFICATION if make(n).needs_labels])
def test_labels_decide_where_given(name):
    y, p = classified(2)
    labels = (p[:, 1] > 0.8).astype(int)
    as_probabilities = np.eye(2)[labels]
    assert make(name).score(y, p, labels) == make(name).score(y, as_probabilities) != make(name).score(y, p)


@pytest.mark.parametrize("name", NAMES)
def test_presorted_rows_score_the_same(name):
    metric = make(name)
    y, p = suited(name, ties=True)
    order = np.argsort(-p[:, -1], kind="stable")
    assert metric.score(y[order], p[order]) == pytest.approx(metric.score(y, p), rel=1e-12)


ONE_CLASS = {
    "balanced_accuracy": np.nan,
    "precision": 0.0,
    "recall": np.nan,
    "f1": 0.0,
    "mcc": np.nan,
    "roc_auc": np.nan,
    "average_precision": np.nan,
}


@pytest.mark.parametrize("name", ONE_CLASS)
def test_positive_class_absent(name):
    y, p = np.zeros(6, int), np.array([[0.9, 0.1]] * 5 + [[0.2, 0.8]])
    assert make(name).score(y, p) == pytest.approx(ONE_CLASS[name], nan_ok=True)


def test_nothing_positive_and_nothing_decided_positive_is_undefined():
    y, p = np.zeros(6, int), np.array([[0.9, 0.1]] * 6)
    assert all(np.isnan(make(name).score(y, p)) for name in ("precision", "recall", "f1"))


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
def test_class_decided_but_absent_counts_zero_as_in_reference(name):
    y, p = np.array([0, 0, 1, 1, 0]), np.eye(3)[[0, 2, 1, 1, 0]]
    function = getattr(reference, f"{name}_score")
    assert make(name).score(y, p) == pytest.approx(function(y, p.argmax(1), average="macro", zero_division=0))


def test_absent_class_is_left_out_of_macro_areas():
    y, p = classified(3)
    there = y != 2
    ovr = [reference.roc_auc_score(y[there] == code, p[there, code]) for code in (0, 1)]
    assert make("roc_auc").score(y[there], p[there]) == pytest.approx(np.mean(ovr))


def test_constant_decisions_have_no_correlation():
    assert make("mcc").score(np.array([0, 1, 1]), np.eye(2)[[1, 1, 1]]) == 0.0


@pytest.mark.parametrize(("name", "y"), [("r2", [0.1, 0.1]), ("mape", [0.0, 1.0])])
def test_undefined_regression_metrics(name, y):
    assert np.isnan(make(name).score(np.array(y), np.array([[1.0], [2.0]])))


def test_smape_of_zero_predicted_as_zero():
    assert make("smape").score(np.array([0.0, 1.0]), np.array([[0.0], [-1.0]])) == 1.0


def test_certain_mistake_costs_a_finite_loss():
    y, p = np.array([0, 1]), np.array([[0.0, 1.0], [0.0, 1.0]])
    assert make("log_loss").score(y, p) == pytest.approx(-np.log(1e-15) / 2)


def test_loss_of_each_task():
    y, p = classified(3)
    assert loss("multiclass", y, p) == pytest.approx(reference.log_loss(y, p))
    assert loss_per_row("multiclass", y, p).shape == y.shape
    values, predicted = valued()
    assert loss("regression", values, predicted) == pytest.approx(reference.mean_squared_error(values, predicted))


@pytest.mark.parametrize("name", NAMES)
def test_no_metric_warns_or_changes_its_input(name):
    metric = make(name)
    y, p = suited(name, 20)
    before = y.copy(), p.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert isinstance(metric.score(y, p), float)
    np.testing.assert_array_equal(before[0], y)
    np.testing.assert_array_equal(before[1], p)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"silhouette"}))
def test_fast_enough_for_a_bootstrap(name):
    metric = make(name)
    y, p = suited(name, 50_000)
    order = np.argsort(-p[:, -1])
    y, p = y[order], p[order]
    metric.score(y, p)
    started = time.process_time()
    for _ in range(3):
        metric.score(y, p)
    assert (time.process_time() - started) / 3 < 0.03
