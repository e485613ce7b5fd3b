"""Summaries of series, held against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from ninefold.core import parts
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.forms.recipe import apply_step


def summaries(values: Array, **settings: int) -> tuple[FittedStep, dict[str, Array]]:
    step = parts.make("ninefold.features.steps", "series_features", settings)
    names = tuple(f"x[{i}]" for i in range(values.shape[1]))
    known = Known(np.zeros(len(values), np.int64), "binary", 2)
    fitted = step.fit(Block(values, names, (), (values.shape[1], 1)), known, rng=np.random.default_rng(0))
    made = apply_step(fitted, values)
    assert made.shape == (len(values), len(fitted.names))
    return fitted, {name.removeprefix("x "): column for name, column in zip(fitted.names, made.T, strict=True)}


@pytest.fixture
def ragged() -> Array:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(20, 40)).cumsum(axis=1)
    for row in range(20):
        values[row, 40 - row :] = np.nan
    values[0, 5] = np.nan
    return values


def test_they_are_those_of_numpy(ragged: Array) -> None:
    _, told = summaries(ragged)
    for row, series in enumerate(ragged):
        there = series[~np.isnan(series)]
        moments = np.flatnonzero(~np.isnan(series))
        assert told["length"][row] == moments[-1] + 1
        assert told["missing"][row] == pytest.approx(1 - len(there) / (moments[-1] + 1))
        assert told["mean"][row] == pytest.approx(there.mean())
        assert told["deviation"][row] == pytest.approx(there.std())
        assert told["highest at"][row] == np.nanargmax(series)
        assert told["lowest"][row] == there.min()
        assert told["slope"][row] == pytest.approx(np.polyfit(moments, there, 1)[0])
        assert told["quantile 0.5"][row] == np.quantile(there, 0.5, method="lower")
        z = (series - there.mean()) / there.std()
        assert told["autocorrelation 2"][row] == pytest.approx(np.nanmean(z[2:] * z[:-2]))
        assert told["crossings"][row] == pytest.approx(
            np.nanmean(np.where(np.isnan(z[1:] * z[:-1]), np.nan, z[1:] * z[:-1] < 0))
        )
        power = np.abs(np.fft.rfft(np.nan_to_num(z)))[1:4] ** 2 / len(there)
        assert [told[f"power {k}"][row] for k in (1, 2, 3)] == pytest.approx(np.log(power + 1e-3).tolist())


def test_parts_are_means_and_ends(ragged: Array) -> None:
    _, told = summaries(ragged, parts=4)
    np.testing.assert_allclose(told["part 1"], np.nanmean(ragged[:, :10], axis=1))
    assert np.isnan(told["part 4"][10:]).all()  # they have ended before


def test_what_is_missing_adds_nothing() -> None:
    """A series that goes on with nothing is the same; one of nothing at all has no summary."""
    rng = np.random.default_rng(4)
    values = np.full((3, 30), np.nan)
    values[0, :20] = rng.normal(size=20)
    values[1] = [np.inf, -np.inf, 1e300] * 10
    _, told = summaries(values)
    _, alone = summaries(values[:1, :20], parts=2)
    assert told["mean"][0] == pytest.approx(alone["mean"][0])
    assert told["slope"][0] == pytest.approx(alone["slope"][0])
    assert all(np.isnan(column[1:]).all() for column in told.values())


@pytest.mark.parametrize("length", [1, 2, 3])
def test_short_series_have_summaries_too(length: int) -> None:
    values = np.arange(4.0 * length).reshape(4, length)
    _, told = summaries(values)
    np.testing.assert_allclose(told["mean"], values.mean(axis=1))
    assert all(np.isfinite(column).all() for column in told.values())
