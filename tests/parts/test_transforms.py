"""Steps that bend numbers: each graph is held against scikit-learn or SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, PowerTransformer, QuantileTransformer, StandardScaler

from ninefold.core import parts
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features._bands import band_of, bands
from ninefold.forms.onnx import Session, block_input, compiled
from ninefold.forms.recipe import apply_step

FEATURES = "ninefold.features.steps"


def fitted(name: str, values: Array, **settings: object) -> FittedStep:
    known = Known(np.zeros(len(values)), "regression", 1)
    names = tuple(f"c{i}" for i in range(values.shape[1]))
    return parts.make(FEATURES, name, settings).fit(Block(values, names), known, rng=np.random.default_rng(0))


@pytest.fixture
def skewed() -> Array:
    rng = np.random.default_rng(5)
    return np.column_stack(
        [
            rng.lognormal(size=400),
            rng.normal(size=400) * 1e-5,
            -rng.exponential(size=400),
            2000 + rng.integers(0, 25, 400),
        ]
    )


def test_bands_count_the_edges_below() -> None:
    edges = (np.array([0.0, 1.0, 2.5]), np.empty(0), np.arange(100.0))
    x = np.random.default_rng(0).uniform(-1, 4, (500, 3))
    x[:4, 0], x[4:8, 2] = [0.0, 1.0, 2.5, np.inf], [0.0, 99.0, -np.inf, 1e300]
    block = block_input(np.float64, 3)
    out = Session(compiled({"x": block}, {"y": bands(block, edges)})).run({"x": x})["y"]
    np.testing.assert_array_equal(out, band_of(x, edges))
    assert out[:4, 0].tolist() == [0, 1, 2, 3]


def test_power_equals_scikit_learn(skewed: Array) -> None:
    reference = make_pipeline(StandardScaler(), PowerTransformer()).fit(skewed)
    out = apply_step(fitted("power", skewed), skewed)
    np.testing.assert_allclose(out, reference.transform(skewed), atol=1e-9)


def test_power_keeps_gaps_and_ends_where_training_ended(skewed: Array) -> None:
    step = fitted("power", np.column_stack([skewed, np.full(400, 7.0), np.full(400, np.nan)]))
    out = apply_step(step, np.array([[np.nan, 1e30, -1e30, 1e300, 7.0, 3.0]]))[0]
    assert np.isnan(out[0])
    assert np.isfinite(out[1:]).all()
    ends = apply_step(step, np.column_stack([skewed, np.full(400, 7.0), np.full(400, np.nan)]))
    assert out[1] == ends[:, 1].max()
    assert out[4] == 0


@pytest.mark.parametrize("to", ["uniform", "normal"])
def test_quantile_equals_scikit_learn_inside(skewed: Array, to: str) -> None:
    values = skewed[:, :3]
    out = apply_step(fitted("quantile", values, to=to, references=100), values)
    reference = QuantileTransformer(n_quantiles=100, output_distribution="uniform").fit_transform(values)
    if to == "uniform":
        np.testing.assert_allclose(out, reference, atol=1e-9)
    else:
        shares = np.linspace(0, 1, 100)
        shares[[0, -1]] = 1 / 400, 1 - 1 / 400
        for ours, theirs in zip(out.T, reference.T, strict=True):
            np.testing.assert_allclose(ours, np.interp(theirs, np.linspace(0, 1, 100), norm.ppf(shares)), atol=1e-9)


def test_quantile_of_a_common_value_is_its_mean_share_and_gaps_stay() -> None:
    values = np.concatenate([np.zeros(50), np.arange(1.0, 51), [np.nan]])[:, None]
    out = apply_step(fitted("quantile", values, to="uniform"), np.array([[0.0], [-9.0], [99.0], [np.nan], [np.inf]]))
    assert out[:, 0].tolist() == pytest.approx([0.2475, 0.2475, 1.0, np.nan, 1.0], nan_ok=True, abs=0.005)
    assert out[0, 0] == out[1, 0]


@pytest.mark.parametrize(("how", "strategy"), [("quantile", "quantile"), ("uniform", "uniform")])
def test_bins_equal_scikit_learn_off_the_edges(skewed: Array, how: str, strategy: str) -> None:
    values = skewed[:, :3]
    reference = KBinsDiscretizer(5, encode="ordinal", strategy=strategy, quantile_method="linear").fit(values)
    ordinal = apply_step(fitted("bins", values, count=5, how=how, one_hot=False), values)
    on_edge = np.column_stack([np.isin(v, e) for v, e in zip(values.T, reference.bin_edges_, strict=True)])
    np.testing.assert_array_equal(ordinal[~on_edge], reference.transform(values)[~on_edge])


def test_bins_mark_one_band_and_missing_none() -> None:
    values = np.array([[0.0, 1.0], [0.0, 2.0], [0.0, 3.0], [5.0, np.nan]])
    step = fitted("bins", values, count=2)
    out = apply_step(step, np.array([[0.0, np.nan], [5.0, 2.0], [9.0, 2.5]]))
    assert step.names == ("c0 ≤ 0", "c0 > 0", "c1 ≤ 2", "c1 > 2")
    assert out.tolist() == [[1, 0, 0, 0], [0, 1, 1, 0], [0, 1, 0, 1]]
    assert np.isnan(apply_step(fitted("bins", values, one_hot=False), values)).sum() == 1


def test_smooth_clip_bends_only_outliers() -> None:
    out = apply_step(fitted("smooth_clip", np.zeros((2, 1))), np.array([[0.1], [1e9], [-3.0]]))[:, 0]
    assert out[0] == pytest.approx(0.1, rel=1e-3)
    assert out[1] == pytest.approx(3.0)
    assert out[2] == pytest.approx(-3 / 2**0.5)


def test_quantile_leaves_out_columns_of_few_values() -> None:
    values = np.column_stack([np.arange(20) % 2, np.arange(20), np.full(20, np.nan)]).astype(float)
    assert fitted("quantile", values, distinct=3).names == ("c1 rank",)
    none = fitted("quantile", values[:, [0]], distinct=3)
    assert none.names == ()
    assert none.graph(block_input(np.float64, 1)) is not None
