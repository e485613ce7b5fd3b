"""Learners of counts and ordered classes against their libraries, and learners in tasks made of their own."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import PoissonRegressor

from ninefold.checks._bench import mixed
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.tasks import serves
from ninefold.crew.adapting import fit
from ninefold.forms.columns import Columns
from ninefold.forms.cumulative import Cumulative
from ninefold.forms.floored import Floored
from ninefold.forms.onnx import Session, form_graph

RNG = np.random.default_rng


def learner(name, **settings):
    return parts.make("ninefold.learners", name, settings)


def world(name, rows=400):
    return parts.make("ninefold.worlds", name).make(rows, rng=RNG(0))


def graphed(form, x):
    return Session(form_graph(form, x.shape[1])).run({"x": x})["y"]


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
    np.testing.assert_allclose(graphed(form, data.x), said, atol=1e-12)


def test_who_serves_in_which_task():
    assert serves(("regression",), "count") and serves(("regression",), "multioutput")
    assert serves(("binary",), "multilabel") and serves(("multiclass",), "ordinal")
    assert not serves(("binary",), "ordinal") and not serves(("count",), "regression")


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
    np.testing.assert_allclose(graphed(form, data.x), said, rtol=1e-9, atol=1e-9)
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
    np.testing.assert_allclose(graphed(form, data.x), said, atol=1e-12)
