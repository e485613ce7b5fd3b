"""Principal axes and truncated SVD, held against scikit-learn; and the view that uses them."""

from __future__ import annotations

import numpy as np
import pytest
from rooms import collected, context
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import StandardScaler

from ninefold.core import parts
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features._singular import leading, shares
from ninefold.features.stage import engineer
from ninefold.features.view import view
from ninefold.forms.onnx import Session
from ninefold.forms.recipe import apply_step, fit_recipe
from ninefold.prepare.stage import prepare

RNG = np.random.default_rng


def fitted(name: str, x: Array, seed: int = 0, **settings: object) -> FittedStep:
    block = Block(x, tuple(f"c{i}" for i in range(x.shape[1])))
    known = Known(np.zeros(len(x), np.int64), "binary", 2)
    return parts.make("ninefold.features.steps", name, settings).fit(block, known, rng=RNG(seed))


def table(name: str) -> Array:
    if name == "digits":
        return load_digits().data
    return StandardScaler().fit_transform({"cancer": load_breast_cancer, "wine": load_wine}[name]().data)


@pytest.mark.parametrize(("name", "axes"), [("digits", (21, 29, 41)), ("cancer", (7, 10, 17)), ("wine", (8, 10, 12))])
def test_axes_that_hold_90_95_and_99_percent(name: str, axes: tuple[int, ...]) -> None:
    assert tuple(len(fitted("pca", table(name), share=share).names) for share in (0.9, 0.95, 0.99)) == axes


@pytest.mark.parametrize("whiten", [False, True])
@pytest.mark.parametrize("name", ["digits", "cancer", "wine"])
def test_pca_equals_scikit_learn(name: str, whiten: bool) -> None:
    x = table(name)
    ours = apply_step(fitted("pca", x, components=6, whiten=whiten), x)
    theirs = PCA(6, svd_solver="full", whiten=whiten).fit_transform(x)
    np.testing.assert_allclose(ours, theirs, atol=1e-10)


def test_axes_are_orthogonal_and_uncorrelated_and_rebuild_the_rows() -> None:
    x = table("cancer")
    step = fitted("pca", x, components=10)
    np.testing.assert_allclose(step.axes.T @ step.axes, np.eye(10), atol=1e-12)
    rows = apply_step(step, x)
    covariance = np.cov(rows.T)
    assert np.abs(covariance - np.diag(np.diag(covariance))).max() < 1e-10
    lost = ((x - rows @ step.axes.T) ** 2).sum() / (x**2).sum()
    assert lost == pytest.approx(1 - PCA(10).fit(x).explained_variance_ratio_.sum(), abs=1e-12)


def test_shares_of_digits() -> None:
    x = load_digits().data
    centred = x - x.mean(axis=0)
    first, second = shares(leading(centred, 2, RNG(0))[0], centred)
    assert (round(100 * first, 2), round(100 * second, 2)) == (14.89, 13.62)


def test_wide_blocks_are_projected_by_random_sampling_alike_for_a_seed() -> None:
    x = RNG(3).normal(size=(80, 5)) @ RNG(4).normal(size=(5, 600)) + 0.001 * RNG(5).normal(size=(80, 600))
    step = fitted("pca", x, components=5)
    theirs = PCA(5, svd_solver="full").fit_transform(x)
    np.testing.assert_allclose(apply_step(step, x), theirs, atol=1e-3)
    np.testing.assert_array_equal(step.axes, fitted("pca", x, components=5).axes)


@pytest.mark.parametrize(("rows", "columns"), [(5, 3), (1, 3), (4, 0)])
@pytest.mark.parametrize("name", ["pca", "truncated_svd"])
def test_where_nothing_varies_nothing_is_left(name: str, rows: int, columns: int) -> None:
    step = fitted(name, np.zeros((rows, columns)))
    assert step.names == ()
    assert apply_step(step, np.zeros((rows, columns))).shape == (rows, 0)


def test_truncated_svd_equals_scikit_learn() -> None:
    texts = [f"{a} {b} {a} word{i % 7}" for i, (a, b) in enumerate(RNG(0).choice(list("abcdefgh"), (60, 2)))]
    counts = CountVectorizer(token_pattern=r"\w+").fit_transform(texts).toarray().astype(float)
    ours = apply_step(fitted("truncated_svd", counts, components=4), counts)
    theirs = TruncatedSVD(4, algorithm="arpack", random_state=0).fit_transform(counts)
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


def laid_out(columns: int, folder, *, text: bool = True) -> tuple:
    x, y = load_digits(return_X_y=True)
    data = {f"pixel {i}": x[:400, i] for i in range(10, 10 + columns)}
    words = np.array(["red sky at night", "blue sea by day", "green hills far away over there"])
    data |= {} if not text else {"text": words[RNG(1).integers(0, 3, 400)] + np.arange(400).astype(str).astype(object)}
    problem, dataset = collected(data | {"digit": (y[:400] > 4).astype(int)}, folder, target="digit")
    preparation = prepare(problem, dataset, context=context(folder))
    return engineer(problem, dataset, preparation, context=context(folder)), problem, dataset


def test_a_wide_table_gets_a_view_along_its_axes(tmp_path) -> None:
    features, _, dataset = laid_out(30, tmp_path)
    columns = {column.name: column for column in dataset.columns}
    known = Known(dataset.rows.target, "binary", 2)
    fitting = fit_recipe(features.recipe("scaled+pca"), columns, dataset.rows, known, RNG(0))
    assert 5 < fitting.matrix.shape[1] < 30
    np.testing.assert_allclose(fitting.matrix.mean(axis=0), 0, atol=1e-9)
    served = Session(fitting.recipe.compiled()).run(dataset.rows.columns)["x"]
    np.testing.assert_array_equal(served, fitting.matrix)


def test_the_account_shows_the_variance_of_the_axes(tmp_path) -> None:
    features = laid_out(30, tmp_path)[0]
    section = view(features)
    assert [row[0] for row in section.tables[-1].rows] == ["90%", "95%", "99%"]
    assert list(section.figures[0].series[0].y)[-1] == pytest.approx(sum(features.variance))
    assert sorted(features.variance, reverse=True) == list(features.variance)


def test_a_narrow_table_gets_none(tmp_path) -> None:
    features = laid_out(3, tmp_path, text=False)[0]
    assert "scaled+pca" not in [recipe.view for recipe in features.recipes]
    assert view(features).figures == ()
