"""Filled numbers are nearer to the truth than the mean is, where columns hang together."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_wine
from sklearn.experimental import enable_iterative_imputer  # noqa: F401  scikit-learn asks for it
from sklearn.impute import IterativeImputer
from sklearn.linear_model import Ridge

from ninefold.core import parts
from ninefold.core.protocols import Block, Known
from ninefold.core.table import Array
from ninefold.forms.recipe import apply_step

TABLES = {"diabetes": load_diabetes, "wine": load_wine}


def holed(name: str, share: float) -> tuple[Array, Array]:
    """A z-scored table, and the same with that share of its cells missing completely at random."""
    x = np.asarray(TABLES[name]().data)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return x, np.where(np.random.default_rng(0).random(x.shape) < share, np.nan, x)


def fill(values: Array, how: str, new: Array | None = None) -> Array:
    names = tuple(f"c{i}" for i in range(values.shape[1]))
    step = parts.make("ninefold.prepare.steps", "fill", {"how": how, "indicator": False})
    known = Known(np.zeros(len(values)), "regression", 1)
    fitted = step.fit(Block(values, names), known, rng=np.random.default_rng(0))
    return apply_step(fitted, values if new is None else new)


def error(truth: Array, gappy: Array, filled: Array) -> float:
    gaps = np.isnan(gappy)
    return float(np.sqrt(np.mean((filled - truth)[gaps] ** 2)))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_rows_say_more_of_their_gaps_than_the_mean(table: str, share: float) -> None:
    truth, gappy = holed(table, share)
    errors = {how: error(truth, gappy, fill(gappy, how)) for how in ("mean", "predicted", "iterative", "neighbours")}
    assert errors["iterative"] < 0.9 * errors["mean"]
    assert errors["iterative"] < 1.02 * errors["predicted"]
    assert errors["neighbours"] < 0.95 * errors["mean"]


@pytest.mark.filterwarnings("ignore:.*Early stopping criterion not reached")
def test_iterative_is_as_near_as_scikit_learns() -> None:
    truth, gappy = holed("wine", 0.3)
    reference = IterativeImputer(Ridge(1.0), max_iter=5, tol=0.1, random_state=0).fit_transform(gappy)
    assert error(truth, gappy, fill(gappy, "iterative")) < 1.02 * error(truth, gappy, reference)


@pytest.mark.parametrize("how", ["predicted", "iterative", "neighbours"])
def test_values_that_are_there_stay_and_the_rest_is_finite(how: str) -> None:
    _, gappy = holed("wine", 0.3)
    new = np.vstack([gappy[:5], np.full((1, gappy.shape[1]), np.nan), np.full((1, gappy.shape[1]), 1e6)])
    new[-1, 0] = np.nan
    out = fill(gappy, how, new)
    assert np.isfinite(out).all()
    np.testing.assert_array_equal(out[~np.isnan(new)], new[~np.isnan(new)])
    assert np.nanmin(gappy) <= out[-1, 0] <= np.nanmax(gappy)


@pytest.mark.parametrize("how", ["iterative", "neighbours"])
def test_columns_without_values_and_tables_without_gaps(how: str) -> None:
    values = np.column_stack([np.full(30, np.nan), np.arange(30.0)])
    assert fill(values, how)[:, 0].tolist() == [0.0] * 30
    whole = np.arange(30.0)[:, None]
    assert fill(whole, how, np.array([[np.nan]]))[0, 0] == 14.5
