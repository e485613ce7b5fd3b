"""Bias and variance, curves and dimension: published figures, identities, and verdicts on data whose truth is known."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris, make_swiss_roll
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from ninefold.core.results import FitCurve
from ninefold.diagnosis.bias_variance import bootstraps, said, squared, zero_one
from ninefold.diagnosis.curves import Reading, Scale, kind, read, sentence
from ninefold.diagnosis.dimension import distances, intrinsic_dimension, relative_contrast


def test_mlxtends_figures_for_iris() -> None:
    """Raschka's notebook on bias_variance_decomp: 0.062, 0.022, 0.040 for a tree, 200 rounds, seed 123."""
    x, y = load_iris(return_X_y=True)
    x, x_test, y, y_test = train_test_split(x, y, test_size=0.3, random_state=123, shuffle=True, stratify=y)

    def fit_predict(draw: np.ndarray) -> np.ndarray:
        return DecisionTreeClassifier(random_state=123).fit(x[draw], y[draw]).predict(x_test)

    rng = np.random.RandomState(123)
    draws = (rng.choice(len(y), len(y)) for _ in range(200))
    found = zero_one(said(fit_predict, draws), y_test)
    assert [round(part, 3) for part in (found.loss, found.bias, found.variance)] == [0.062, 0.022, 0.040]
    assert found.rounds == 200


def fresh_samples(rng: np.random.Generator, rounds: int, rows: int, noise: float) -> Iterator[tuple[np.ndarray, ...]]:
    for _ in range(rounds):
        x = rng.uniform(-2, 2, (rows, 1))
        yield x, np.sin(2 * x[:, 0]) + noise * rng.normal(size=rows)


@pytest.mark.parametrize(("degree", "rigid"), [(1, True), (7, False)])
def test_the_parts_of_the_squared_error_add_up_to_it(degree: int, rigid: bool) -> None:
    rng, noise = np.random.default_rng(0), 0.3
    x_test = rng.uniform(-1.8, 1.8, (3000, 1))
    truth = np.sin(2 * x_test[:, 0])
    y_test = truth + noise * rng.normal(size=3000)
    model = make_pipeline(PolynomialFeatures(degree), LinearRegression())
    heard = np.array([clone(model).fit(x, y).predict(x_test) for x, y in fresh_samples(rng, 200, 60, noise)])
    found = squared(heard, y_test, truth)
    assert found.noise == pytest.approx(noise**2, rel=0.05)
    assert found.bias + found.variance + found.noise == pytest.approx(found.loss, rel=0.03)
    assert (found.bias > 10 * found.variance) == rigid
    unknown = squared(heard, y_test)
    assert unknown.bias + unknown.variance == pytest.approx(unknown.loss, rel=1e-12)
    assert unknown.noise == 0.0


def test_bootstraps_repeat_rows_and_depend_on_the_seed_alone() -> None:
    one, two = (list(bootstraps(100, 3, np.random.default_rng(5))) for _ in range(2))
    assert np.array_equal(one, two)
    assert all(len(draw) == 100 and 50 < len(np.unique(draw)) < 80 for draw in one)


def measured(x: np.ndarray) -> tuple[float | None, float]:
    far = distances(x)
    assert far is not None
    return intrinsic_dimension(far), relative_contrast(far)


def test_the_dimension_of_a_swiss_roll_is_two() -> None:
    assert measured(make_swiss_roll(2000, random_state=0)[0])[0] == pytest.approx(1.93, abs=0.05)


def test_the_dimension_of_the_digits_is_nine_of_sixty_four() -> None:
    assert measured(load_digits().data)[0] == pytest.approx(8.91, abs=0.05)


def test_the_dimension_of_a_gaussian_is_its_columns() -> None:
    assert measured(np.random.default_rng(0).normal(size=(5000, 10)))[0] == pytest.approx(10, abs=0.5)


def test_rows_that_repeat_count_once() -> None:
    x = np.random.default_rng(0).normal(size=(400, 3))
    assert measured(np.vstack([x, x])) == measured(x)


def test_nothing_is_said_of_few_rows() -> None:
    assert distances(np.zeros((500, 2))) is None


@pytest.mark.parametrize(("columns", "contrast"), [(2, 68), (10, 2.5), (100, 0.40), (1000, 0.11)])
def test_distances_concentrate(columns: int, contrast: float) -> None:
    assert measured(np.random.default_rng(0).random((500, columns)))[1] == pytest.approx(contrast, rel=0.05)


Make = Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]


def line(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    x = rng.normal(size=(rows, 3))
    return x, x @ [1.0, -2.0, 0.5]


def noise(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    return rng.normal(size=(rows, 3)), rng.normal(size=rows)


def wave(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    x = rng.uniform(-3, 3, (rows, 1))
    return x, np.sin(2 * x[:, 0]) + 0.6 * rng.normal(size=rows)


def parabola(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    x = rng.uniform(-1, 1.5, (rows, 1))
    return x, x[:, 0] ** 2 + 0.1 * rng.normal(size=rows)


def many(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    x = rng.normal(size=(rows, 8))
    return x, x @ np.linspace(1, 2, 8) + 2 * rng.normal(size=rows)


STRAIGHT, DEEP, STUMP = LinearRegression(), DecisionTreeRegressor(random_state=0), DecisionTreeRegressor(max_depth=1)
POLYNOMIAL = make_pipeline(PolynomialFeatures(15), LinearRegression())
CASES = {
    "a line without noise, fitted by a line": (line, STRAIGHT, 400, "good", False),
    "noise, learned by heart": (noise, DEEP, 400, "overfit", False),
    "noise, fitted by a line": (noise, STRAIGHT, 400, "nothing", False),
    "a wave, fitted by a polynomial of high degree": (wave, POLYNOMIAL, 24, "overfit", None),
    "a parabola, fitted by a line": (parabola, STRAIGHT, 400, "underfit", False),
    "a wave, fitted by a stump": (wave, STUMP, 400, "underfit", False),
    "many columns and few rows, learned by heart": (many, DEEP, 1200, "overfit", True),
}


def curve_of(make: Make, model: object, rows: int) -> FitCurve:
    """Scores with an eighth to all of the rows, each on the same four sets of 2,000 other rows."""
    sizes = [round(rows * share) for share in (0.125, 0.25, 0.5, 1.0)]
    train: list[list[float]] = [[] for _ in sizes]
    valid: list[list[float]] = [[] for _ in sizes]
    for fold in range(4):
        rng = np.random.default_rng(fold)
        (x, y), (x_other, y_other) = make(rng, rows), make(rng, 2000)
        for place, size in enumerate(sizes):
            fitted = clone(model).fit(x[:size], y[:size])
            train[place].append(r2_score(y[:size], fitted.predict(x[:size])))
            valid[place].append(r2_score(y_other, fitted.predict(x_other)))
    return FitCurve(0, "", "rows", tuple(map(float, sizes)), tuple(map(tuple, train)), tuple(map(tuple, valid)))


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_is_right(case: str) -> None:
    make, model, rows, expected, pays = CASES[case]
    found = read(curve_of(make, model, rows), Scale(baseline=0.0, perfect=1.0))
    assert found.kind == expected
    assert pays is None or found.pays == pays


def test_a_score_to_be_small_is_read_alike() -> None:
    curve = FitCurve(0, "", "rows", (50.0, 100.0), ((0.1,), (0.1,)), ((0.9,), (0.5,)))
    found = read(curve, Scale(baseline=1.0, perfect=0.0))
    assert found == Reading("good", pytest.approx(0.9), pytest.approx(0.5), pytest.approx(0.4), True)
    assert sentence(found).startswith("More rows would help: the last doubling brought 40.0%")


@pytest.mark.parametrize(
    ("train", "validation", "expected"),
    [(1.0, 0.4, "overfit"), (0.3, 0.28, "underfit"), (0.05, 0.04, "nothing"), (0.9, 0.8, "good")],
)
def test_skills_make_verdicts(train: float, validation: float, expected: str) -> None:
    assert kind(train, validation) == expected
