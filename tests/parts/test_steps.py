"""Steps exist only as graphs; here each graph is held against an independent reference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler

from ninefold.core import parts
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.forms.recipe import apply_step
from ninefold_runtime.wire import NO_TIME

PREPARE, FEATURES = "ninefold.prepare.steps", "ninefold.features.steps"


def fitted(package: str, name: str, values: Array, y: Array | None = None, **settings: object) -> FittedStep:
    known = Known(np.zeros(len(values), np.int64) if y is None else y, "binary", 2)
    names = tuple(f"c{i}" for i in range(values.shape[1]))
    return parts.make(package, name, settings).fit(Block(values, names), known, rng=np.random.default_rng(0))


@pytest.fixture
def gappy() -> Array:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(300, 3)) * [1, 10, 1000] + [0, 5, -7000]
    values[:, 1] = values[:, 0] * 3 + rng.normal(size=300) * 0.1
    values[rng.random((300, 3)) < [0, 0.2, 0.1]] = np.nan
    return values


@pytest.mark.parametrize(("how", "strategy"), [("mean", "mean"), ("median", "median"), ("mode", "most_frequent")])
def test_fill_equals_scikit_learn(gappy: Array, how: str, strategy: str) -> None:
    step = fitted(PREPARE, "fill", gappy.round(1), how=how)
    expected = SimpleImputer(strategy=strategy, add_indicator=True).fit_transform(gappy.round(1))
    assert step.names == ("c0", "c1", "c2", "c1 missing", "c2 missing")
    np.testing.assert_allclose(apply_step(step, gappy.round(1)), expected, rtol=1e-12)


def test_predicted_values_are_nearer_than_the_mean(gappy: Array) -> None:
    truth = gappy.copy()
    truth[:, 1] = truth[:, 0] * 3
    gaps = np.isnan(gappy[:, 1])
    error = {
        how: np.abs(apply_step(fitted(PREPARE, "fill", gappy, how=how), gappy)[gaps, 1] - truth[gaps, 1]).mean()
        for how in ("mean", "predicted")
    }
    assert error["predicted"] < 0.2 * error["mean"]


def test_a_wholly_missing_column_becomes_zero() -> None:
    values = np.full((5, 1), np.nan)
    for how in ("mean", "median", "mode", "predicted"):
        assert apply_step(fitted(PREPARE, "fill", values, how=how), values)[:, 0].tolist() == [0.0] * 5


def test_infinite_and_unrepresentable_numbers_become_missing() -> None:
    values = np.array([[1.0], [np.inf], [-np.inf], [1e300], [np.nan], [-3e38]])
    assert np.isnan(apply_step(fitted(PREPARE, "finite", values), values)[:, 0]).tolist() == [0, 1, 1, 1, 1, 0]


def test_clip_keeps_the_body_and_stops_the_outlier() -> None:
    values = np.append(np.arange(100.0), 1e6)[:, None]
    out = apply_step(fitted(PREPARE, "clip", values, reach=5.0), np.array([[50.0], [1e6], [-1e9]]))
    assert out[0, 0] == 50
    assert out[1, 0] == pytest.approx(75 + 5 * 50)
    assert out[2, 0] == 0


SCALERS = [("standard", StandardScaler), ("minmax", MinMaxScaler), ("robust", RobustScaler)]


@pytest.mark.parametrize(("how", "reference"), SCALERS)
def test_scale_equals_scikit_learn(how: str, reference: type) -> None:
    values = np.random.default_rng(2).normal(size=(200, 4)) * [1e-6, 1, 1e6, 3] + [0, 1, 1e6, -2]
    out = apply_step(fitted(FEATURES, "scale", values, how=how), values)
    np.testing.assert_allclose(out, reference().fit_transform(values), atol=1e-9)


@pytest.mark.parametrize("how", ["standard", "minmax", "robust"])
def test_a_constant_column_scales_to_zero(how: str) -> None:
    values = np.full((7, 1), 1e6)
    assert apply_step(fitted(FEATURES, "scale", values, how=how), values)[:, 0].tolist() == [0.0] * 7


def words(rng: np.random.Generator, rows: int) -> Array:
    return rng.choice(
        np.array(["red", "blue", "green", "rare1", "rare2"], object), (rows, 2), p=[0.4, 0.3, 0.27, 0.02, 0.01]
    )


def test_one_hot_equals_scikit_learn() -> None:
    values = words(np.random.default_rng(3), 400)
    step = fitted(FEATURES, "one_hot", values, least=20)
    reference = OneHotEncoder(min_frequency=20, handle_unknown="infrequent_if_exist", sparse_output=False).fit(values)
    new = np.array([["red", "blue"], ["unseen", "rare1"], ["green", "unseen"]], object)
    ours = {name: column for name, column in zip(step.names, apply_step(step, new).T, strict=True)}
    names = [
        n.replace("x0_", "c0=").replace("x1_", "c1=").replace("infrequent_sklearn", "(rare)")
        for n in reference.get_feature_names_out()
    ]
    for name, column in zip(names, reference.transform(new).T, strict=True):
        assert ours[name].tolist() == column.tolist(), name


def test_one_hot_of_three_colours_has_three_columns_and_unseen_is_nothing() -> None:
    values = np.array([["red"], ["blue"], ["green"]] * 10, object)
    step = fitted(FEATURES, "one_hot", values, least=1)
    assert set(step.names) == {"c0=red", "c0=blue", "c0=green"}
    assert apply_step(step, np.array([["mauve"], [""]], object)).sum() == 0
    dropped = fitted(FEATURES, "one_hot", values, least=1, drop_first=True)
    assert len(dropped.names) == 2


def test_one_hot_marks_missing() -> None:
    values = np.array([["a"], [""], ["a"], ["b"]] * 10, object)
    step = fitted(FEATURES, "one_hot", values, least=1)
    assert apply_step(step, np.array([[""]], object))[0].tolist() == [float(n == "c0=(missing)") for n in step.names]


def test_ordinal_numbers_levels_by_frequency() -> None:
    values = np.array([["b"]] * 5 + [["a"]] * 3 + [["once"]], object)
    step = fitted(FEATURES, "ordinal", values)
    out = apply_step(step, np.array([["b"], ["a"], ["once"], [""], ["new"]], object))[:, 0]
    np.testing.assert_array_equal(out, [1, 2, np.nan, np.nan, np.nan])
    assert step.categorical == (0,)


def test_target_mean_is_the_smoothed_mean() -> None:
    values, y = np.array([["a"]] * 4 + [["b"]] * 4, object), np.array([1, 1, 1, 0, 0, 0, 0, 0])
    step = fitted(FEATURES, "target_mean", values, y, smooth=2.0)
    prior = 3 / 8
    out = apply_step(step, np.array([["a"], ["b"], ["new"]], object))[:, 0]
    np.testing.assert_allclose(out, [(3 + 2 * prior) / 6, 2 * prior / 6, prior])


def test_date_parts_equal_the_calendar() -> None:
    rng = np.random.default_rng(4)
    moments = [
        datetime(1843, 1, 1, tzinfo=UTC) + timedelta(seconds=int(s)) for s in rng.integers(0, 12_000_000_000, 500)
    ]
    moments += [
        datetime(2000, 2, 29, 23, 59, tzinfo=UTC),
        datetime(1900, 3, 1, tzinfo=UTC),
        datetime(1969, 12, 31, tzinfo=UTC),
    ]
    stamps = np.array([round(m.timestamp() * 1e6) for m in moments])[:, None]
    step = fitted(FEATURES, "date_parts", stamps)
    out = {
        name.removeprefix("c0 "): column for name, column in zip(step.names, apply_step(step, stamps).T, strict=True)
    }
    for part in ("year", "month", "day", "hour", "minute"):
        assert out[part].tolist() == [getattr(m, part) for m in moments], part
    assert out["weekday"].tolist() == [m.weekday() for m in moments]
    assert np.isnan(apply_step(step, np.array([[NO_TIME]]))).all()


TEXTS = np.array(
    [["The cat sat"], ["the DOG, the dog!"], [""], ["Cat 42 cat_7 naïve"], ["dog cat"], ["nothing known"]], object
)


def test_tf_idf_equals_scikit_learn() -> None:
    step = fitted(FEATURES, "tf_idf", TEXTS, least=2)
    reference = TfidfVectorizer(token_pattern="[a-zA-Z0-9_]+", min_df=2).fit(TEXTS[:, 0])
    np.testing.assert_allclose(apply_step(step, TEXTS), reference.transform(TEXTS[:, 0]).toarray(), atol=1e-12)


def test_tf_idf_of_words_nobody_repeats_has_no_columns() -> None:
    step = fitted(FEATURES, "tf_idf", np.array([["a b"], ["c d"], ["e f"], ["g h"], ["i j"], ["k l"]], object))
    assert step.names == ()
    assert apply_step(step, TEXTS).shape == (len(TEXTS), 0)


def test_text_statistics_count() -> None:
    out = apply_step(fitted(FEATURES, "text_statistics", TEXTS), TEXTS)
    assert out[0].tolist() == [11, 3, 1 / 11, 0, 0]
    assert out[1].tolist() == pytest.approx([17, 4, 3 / 17, 0, 2 / 17])
    assert out[2].tolist() == [0, 0, 0, 0, 0]
    assert out[3, 0] == len("Cat 42 cat_7 naïve")
