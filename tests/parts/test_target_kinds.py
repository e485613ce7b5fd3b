"""Learners of counts and ordered classes against their libraries, and learners in tasks made of their own."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import PoissonRegressor, QuantileRegressor

from graphs import through_graph
from ninefold.checks._bench import mixed
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.loss import loss
from ninefold.core.protocols import Examples
from ninefold.core.tasks import difference, serves
from ninefold.crew.adapting import fit
from ninefold.diagnosis.answers import Answers
from ninefold.diagnosis.intervals import Resampling
from ninefold.evaluate.coverage import coverage
from ninefold.forms.columns import Columns
from ninefold.forms.cumulative import Cumulative
from ninefold.forms.floored import Floored
from ninefold.forms.linear import Linear
from ninefold.forms.rising import Rising

RNG = np.random.default_rng


def learner(name, **settings):
    return parts.make("ninefold.learners", name, settings)


def world(name, rows=400):
    return parts.make("ninefold.worlds", name).make(rows, rng=RNG(0))


@pytest.mark.parametrize("alpha", [1e-3, 0.1, 3.0])
def test_poisson_regression_equals_scikit_learn(alpha):
    data = world("arrivals")
    form = learner("poisson_regression", alpha=alpha).fit(data, rng=RNG(0), clock=Clock())
    theirs = PoissonRegressor(alpha=alpha, tol=1e-8, max_iter=1000).fit(data.x, data.y)
    np.testing.assert_allclose(form.predict(data.x)[:, 0], theirs.predict(data.x), rtol=2e-3)


def test_the_gradient_of_ordinal_regression_is_that_of_its_loss():
    from scipy.optimize import check_grad

    from ninefold.learners.ordinal_regression import _Objective

    data = world("ladder", 60)
    objective = _Objective(data.x, data.y, 1.0)
    at = RNG(1).normal(size=4 + 3) / 2
    assert check_grad(lambda w: objective(w)[0], lambda w: objective(w)[1], at) < 1e-5


def test_ordinal_regression_finds_the_ladder_it_was_drawn_from():
    form = learner("ordinal_regression", c=1e3).fit(world("ladder", 4000), rng=RNG(0), clock=Clock())
    assert isinstance(form, Cumulative)
    np.testing.assert_allclose(0.3 * form.slopes, [2, -1, 0, 0], atol=0.12)
    np.testing.assert_allclose(0.3 * form.cuts, [-1.5, 0, 1.5], atol=0.12)


def test_a_class_that_was_never_met_has_no_probability():
    data = world("ladder")
    keep = data.y != 1
    part = Examples(data.x[keep], data.y[keep], "ordinal", 4, data.names)
    form = learner("ordinal_regression").fit(part, rng=RNG(0), clock=Clock())
    said = form.predict(data.x)
    assert not said[:, 1].any()
    np.testing.assert_allclose(said.sum(axis=1), 1)
    np.testing.assert_allclose(through_graph(form, data.x), said, atol=1e-12)


def test_who_serves_in_which_task():
    assert serves(("regression",), "count") and serves(("regression",), "multioutput")
    assert serves(("binary",), "multilabel") and serves(("multiclass",), "ordinal")
    assert not serves(("binary",), "ordinal") and not serves(("count",), "regression")


def test_a_small_target_beside_a_large_one_is_proven_in_its_own_unit():
    python = np.array([[1e6, 1.0], [2e6, 0.5]])
    assert difference("multioutput", python, python + np.array([1.0, 0.0])) == pytest.approx(5e-7)
    assert difference("multioutput", python, python + np.array([0.0, 0.1])) == pytest.approx(0.1)


def test_one_enormous_count_hides_no_difference_in_a_small_one():
    python = np.array([[1e13], [2.0]])
    assert difference("count", python, python + np.array([[1.0], [0.2]])) == pytest.approx(0.1)
    assert difference("regression", python, python + np.array([[1.0], [0.2]])) == pytest.approx(1e-13)


def several(task):
    one, other = (
        mixed("binary" if task == "multilabel" else "regression", "plain"),
        mixed("regression", "plain", seed=5),
    )
    second = (other.y > 0).astype(int) if task == "multilabel" else 1e3 * other.y
    return Examples(one.x, np.column_stack([one.y, second]), task, 2, one.names, one.categorical)


@pytest.mark.parametrize("task", ["multilabel", "multioutput"])
@pytest.mark.parametrize("name", ["decision_tree", "lightgbm", "random_forest"])
def test_each_target_is_learned_as_if_alone(name, task):
    data, part = several(task), parts.tiny(learner(name))
    form = fit(part, data, rng=RNG(0), clock=Clock())
    assert isinstance(form, Columns)
    said = form.predict(data.x)
    assert said.shape == data.y.shape
    np.testing.assert_allclose(through_graph(form, data.x), said, rtol=1e-9, atol=1e-9)
    base, outputs = ("binary", 2) if task == "multilabel" else ("regression", 1)
    first = Examples(data.x, data.y[:, 0], base, outputs, data.names, data.categorical)
    alone = part.fit(first, rng=RNG(0), clock=Clock()).predict(data.x)
    np.testing.assert_array_equal(said[:, 0], alone[:, -1])
    assert len(form.borders()) >= 2


def test_a_constant_target_among_several_is_no_failure():
    data = several("multilabel")
    data.y[:, 1] = 1
    full = Examples(np.nan_to_num(data.x), data.y, "multilabel", 2, data.names)
    form = fit(learner("logistic_regression"), full, rng=RNG(0), clock=Clock())
    assert (form.predict(full.x)[:, 1] == 1).all()


def test_counts_by_least_squares_do_not_fall_below_zero():
    data = world("arrivals")
    form = fit(learner("ridge_regression"), data, rng=RNG(0), clock=Clock())
    assert isinstance(form, Floored)
    said = form.predict(data.x)
    assert said.min() == 0.0 and form.form.predict(data.x).min() < 0
    np.testing.assert_allclose(through_graph(form, data.x), said, atol=1e-12)


LEVELS = (0.1, 0.5, 0.9)


def spreading(rows=600):
    """y = x0 + noise whose size grows with |x1|."""
    rng = RNG(2)
    x = rng.normal(size=(rows, 3))
    y = 100 + 10 * (x[:, 0] + (0.2 + np.abs(x[:, 1])) * rng.normal(size=rows))
    return Examples(x, y, "quantile", 3, ("a", "b", "c"), levels=LEVELS)


def test_quantile_regression_is_as_good_as_scikit_learn():
    data = spreading()
    said = learner("quantile_regression", alpha=1e-6).fit(data, rng=RNG(0), clock=Clock()).predict(data.x)
    theirs = [QuantileRegressor(quantile=q, alpha=0.0).fit(data.x, data.y).predict(data.x) for q in LEVELS]
    least = loss("quantile", data.y, np.column_stack(theirs), LEVELS)
    assert least - 1e-9 <= loss("quantile", data.y, said, LEVELS) < 1.005 * least


@pytest.mark.parametrize("name", ["quantile_regression", "lightgbm"])
def test_quantiles_do_not_cross_and_hold_what_they_promise(name):
    data, new = spreading(), spreading(1200)
    form = parts.tiny(learner(name)).fit(data, rng=RNG(0), clock=Clock())
    assert isinstance(form, Rising)
    x = np.vstack([new.x[600:], 5 * RNG(3).normal(size=(200, 3))])
    said = form.predict(x)
    assert (np.diff(said, axis=1) >= 0).all()
    np.testing.assert_allclose(through_graph(form, x), said, rtol=1e-9)
    below = (new.y[600:, None] <= said[:600]).mean(axis=0)
    np.testing.assert_allclose(below, LEVELS, atol=0.08)
    nothing = np.tile(np.quantile(data.y, LEVELS), (600, 1))
    assert loss("quantile", new.y[600:], said[:600], LEVELS) < 0.95 * loss("quantile", new.y[600:], nothing, LEVELS)


def test_rising_sorts_what_crosses():
    form = Rising(Linear(np.array([[1.0, -1.0, 0.5]]), np.array([0.0, 0.0, 1.0]), "identity"))
    x = np.array([[-2.0], [0.0], [3.0]])
    wanted = [[-2, 0, 2], [0, 0, 1], [-3, 2.5, 3]]
    np.testing.assert_array_equal(form.predict(x), wanted)
    np.testing.assert_array_equal(through_graph(form, x), wanted)


def test_coverage_is_the_share_of_values_below_each_quantile():
    y = np.arange(100.0)
    answers = Answers(y, np.tile([9.0, 49.0, 94.0], (100, 1)))
    found = coverage(answers, LEVELS, Resampling(np.arange(100)), RNG(0))
    assert [each.observed for each in found] == [0.1, 0.5, 0.95]
    assert all(each.low < each.observed < each.high for each in found)
    assert coverage(answers, (), Resampling(np.arange(100)), RNG(0)) == ()
