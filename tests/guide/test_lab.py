"""The lab tries learners on parts of a table as a run would see it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from ninefold.guide import lab, tables


@pytest.fixture(scope="module")
def desk() -> lab.Lab:
    return lab.of(tables.titanic(), "survived")


def test_all_rows_are_there_and_leaks_are_left_out(desk: lab.Lab) -> None:
    assert len(desk.y) == 891
    assert "alive" in {audit.column for audit in desk.preparation.left_out}
    assert "alive" in lab.of(tables.titanic(), "survived", keep=("alive",)).preparation.columns


def test_a_learner_is_judged_on_rows_that_it_did_not_see(desk: lab.Lab) -> None:
    folds = desk.folds(5)
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(891))
    train, test = folds[0]
    said = desk.said("logistic_regression", train, test)
    assert said.shape == (len(test), 2)
    assert 0.8 < desk.score("roc_auc", desk.y[test], said) < 0.95
    assert len(desk.seen("scaled", train, test)[0].y) == len(train)
    assert len(desk.matrix("scaled")) == 891


def test_plain_numbers_say_by_their_type_what_is_asked() -> None:
    x = np.random.default_rng(0).normal(size=(80, 2))
    values = lab.fit("linear_regression", x, x[:, 0])
    codes = lab.fit("logistic_regression", x, np.digitize(x[:, 0], [-0.5, 0.5]))
    np.testing.assert_allclose(values.predict(x)[:, 0], x[:, 0], atol=1e-9)
    assert codes.predict(x).shape == (80, 3)


@pytest.mark.parametrize(
    ("target", "yes"),
    [([0, 1] * 20, 20), (list(np.arange(40.0)), 20), (["a"] * 25 + ["b"] * 10 + ["c"] * 5, 25)],
)
def test_a_target_of_two_classes(target: list[object], yes: int) -> None:
    made = lab.binary(pl.DataFrame({"t": target}), "t")["t"]
    assert made.n_unique() == 2
    assert made.sum() == yes
