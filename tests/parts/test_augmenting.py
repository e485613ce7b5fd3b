"""Made rows: where they lie, of which class they are, and that nothing else changes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ninefold.core.protocols import Examples, FitJob
from ninefold.crew.augmenting import augmented
from ninefold_runtime.schema import Task


def job(augment: str, trial: int = 1) -> FitJob:
    return FitJob(trial, "lightgbm", {}, "plain", 0, 10.0, 0, augment=augment)


def examples(task: Task = "binary", rare: int = 20) -> Examples:
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [200, rare])
    x = np.column_stack([rng.normal(size=len(y)) + 10 * y, rng.normal(size=len(y)), rng.integers(1, 4, len(y))])
    x[::11, 1] = np.nan
    values = x[:, 0] * 2.0 if task == "regression" else y
    stop = Examples(x[:9], values[:9], task, 1 if task == "regression" else 2, ("a", "b", "c"), (2,))
    return dataclasses.replace(stop, x=x, y=values, stop=stop)


@pytest.mark.parametrize("how", ["", "smote", "mixup"])
def test_true_rows_and_rows_to_stop_on_stay_as_they_are(how: str) -> None:
    data = examples()
    before = data.x.copy()
    out = augmented(data, job(how))
    np.testing.assert_array_equal(out.x[: len(before)], before)
    np.testing.assert_array_equal(data.x, before)
    np.testing.assert_array_equal(out.y[: len(before)], data.y)
    assert out.stop is data.stop
    assert (len(out.y) > len(before)) == bool(how)


def test_smote_makes_rows_of_the_rare_class_between_its_rows() -> None:
    data = examples()
    out = augmented(data, job("smote"))
    x, y = out.x[len(data.y) :], out.y[len(data.y) :]
    rare = data.x[data.y == 1]
    assert set(y) == {1}
    assert len(y) == min(3 * 20, 200 // 3) - 20
    assert rare[:, 0].min() <= x[:, 0].min()
    assert x[:, 0].max() <= rare[:, 0].max()
    assert set(x[:, 2]) <= {1.0, 2.0, 3.0}
    assert len(np.unique(x[:, 0])) > 30


@pytest.mark.parametrize("rare", [1, 2])
def test_smote_of_a_class_of_hardly_any_rows_stands(rare: int) -> None:
    out = augmented(examples(rare=rare), job("smote"))
    assert len(out.y) == 200 + rare + (4 if rare == 2 else 0)


def test_mixup_of_values_mixes_target_and_rows_alike() -> None:
    data = examples("regression")
    out = augmented(data, job("mixup"))
    assert len(out.y) == 2 * len(data.y)
    np.testing.assert_allclose(out.y, out.x[:, 0] * 2.0)
    assert set(out.x[:, 2]) == {1.0, 2.0, 3.0}


def test_mixup_of_classes_keeps_their_shares() -> None:
    data = examples(rare=200)
    out = augmented(data, job("mixup"))
    made = out.y[len(data.y) :]
    assert out.y.dtype == data.y.dtype
    assert abs(made.mean() - 0.5) < 0.1
    assert (made == data.y).mean() > 0.8


def test_the_same_job_makes_the_same_rows() -> None:
    one, two = (augmented(examples(), job("mixup")).x for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, augmented(examples(), job("mixup", trial=2)).x, equal_nan=True)
