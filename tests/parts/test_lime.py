"""LIME on functions that are known: linear ones are recovered, others are said to be badly followed."""

from __future__ import annotations

import numpy as np
import pytest
from explained import asked, one

from ninefold_runtime.explain.lime import lime
from ninefold_runtime.explain.lime_image import grid, lime_image
from ninefold_runtime.explain.lime_text import MOST_PARTS, lime_text, lime_text_column


def sole(method):
    """The account of the first output."""
    return lambda *given, **settings: method(*given, **settings)[0]


RNG = np.random.default_rng(5)
ROWS = 200
COEFFICIENTS = np.array([3.0, -2.0, 0.5, 10.0, -0.02, 1.0, -1.5, 0.0])
SCALES = np.array([1.0, 2.0, 5.0, 0.1, 300.0, 1.0, 2.0, 1.0])
NUMBERS = {f"x{i}": RNG.normal(size=ROWS) * scale for i, scale in enumerate(SCALES)}
TYPICAL = one(**{name: float(np.median(values)) for name, values in NUMBERS.items()})


def linear(rows):
    return sum(rows[f"x{i}"] * c for i, c in enumerate(COEFFICIENTS)) + 7.0


@pytest.fixture(scope="module")
def of_linear():
    return sole(lime)(asked(linear, NUMBERS), TYPICAL)


def test_weights_of_a_linear_graph_are_its_coefficients(of_linear):
    slopes = of_linear.weights / of_linear.units
    assert np.corrcoef(slopes, COEFFICIENTS)[0, 1] > 0.99
    np.testing.assert_allclose(slopes, COEFFICIENTS, rtol=0.05, atol=0.02)


def test_a_linear_graph_is_followed_and_followed_again(of_linear):
    assert of_linear.fidelity > 0.99
    assert of_linear.stability >= 0.6
    assert of_linear.top == 4
    assert of_linear.stand_in == pytest.approx(of_linear.value, abs=0.2)
    assert of_linear.value == pytest.approx(linear(TYPICAL)[0])


def test_a_column_of_noise_weighs_nothing(of_linear):
    weights = dict(of_linear.heaviest)
    assert abs(weights["x7"]) < 0.01 * max(abs(weight) for weight in weights.values())


@pytest.mark.parametrize("value", [-9.4e15, 1e300])
def test_a_value_beyond_all_others_is_explained_by_the_other_columns(value):
    found = sole(lime)(asked(linear, NUMBERS), {**TYPICAL, "x3": np.array([value])})
    assert np.isfinite(found.weights).all()
    assert abs(found.weights[3]) < 1e-6 * abs(found.weights[4])


def test_low_fidelity_is_said_where_the_graph_is_not_linear_nearby():
    found = sole(lime)(asked(lambda rows: np.sin(20 * rows["x0"]) * np.cos(20 * rows["x1"]), NUMBERS), TYPICAL)
    assert found.fidelity < 0.2


def test_an_answer_that_hangs_on_the_seed_is_said_to_be_unstable():
    noise = np.random.default_rng(0)
    found = sole(lime)(asked(lambda rows: noise.normal(size=len(rows["x0"])), NUMBERS), TYPICAL, samples=100)
    assert found.stability < 0.6
    assert found.fidelity < 0.2


def test_the_same_seed_says_the_same_and_another_nearly_so():
    graph = asked(linear, NUMBERS)
    first, again, other = (sole(lime)(graph, TYPICAL, samples=200, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.weights, again.weights)
    assert not np.array_equal(first.weights, other.weights)


def test_levels_are_replaced_as_a_whole_and_never_made_up():
    columns = {"port": np.array(["S", "S", "C", "Q"] * 20, object), "paid": np.array([0.0, 1.0] * 40)}
    met = set()

    def function(rows):
        met.update(zip(rows["port"], rows["paid"], strict=True))
        return 2.0 * (rows["port"] == "C") - 1.0 * rows["paid"]

    found = sole(lime)(asked(function, columns, kinds={"paid": "boolean"}), one(port="C", paid=1.0))
    np.testing.assert_allclose(found.weights, [2.0, -1.0], atol=0.05)
    assert met == {(port, paid) for port in "SCQ" for paid in (0.0, 1.0)}
    assert np.isnan(found.units).all()


def test_a_missing_number_is_itself_a_value():
    columns = {"age": np.append(RNG.normal(40, 10, 60), [np.nan] * 20), "x": RNG.normal(size=80)}
    found = sole(lime)(asked(lambda rows: 5.0 * np.isnan(rows["age"]) + rows["x"], columns), one(age=np.nan, x=0.0))
    assert found.weights[0] == pytest.approx(5.0, abs=0.1)


def test_counts_stay_whole_and_within_the_range():
    columns = {"rooms": RNG.integers(1, 9, 100).astype(float), "seen": RNG.integers(0, 10**15, 100)}
    met = []

    def function(rows):
        assert rows["seen"].dtype == np.int64
        met.append(rows["rooms"])
        return rows["rooms"]

    sole(lime)(asked(function, columns), one(rooms=2.0, seen=5 * 10**14), samples=50)
    values = np.concatenate(met)
    assert (values % 1 == 0).all()
    assert values.min() >= 1
    assert values.max() <= 8


TEXT = "The plot is dull, the acting is dull; but the music is wonderful."


def mood(texts):
    return np.array([[3.0 * ("wonderful" in text) - 1.0 * text.count("dull")] for text in texts])


def test_words_are_weighed():
    found = sole(lime_text)(mood, TEXT)
    assert dict(found.heaviest[:2]) == pytest.approx({"wonderful": 3.0, "dull": -2.0}, abs=0.05)
    assert found.fidelity > 0.99
    assert found.stability >= 0.6
    assert all(abs(weight) < 0.05 for _, weight in found.heaviest[2:])


def test_words_of_one_column_are_weighed_with_the_rest_of_the_row_as_it_is():
    columns = {"review": np.array([TEXT, "dull"], object), "stars": np.array([1.0, 2.0])}
    graph = asked(lambda rows: mood(rows["review"])[:, 0] * rows["stars"], columns, kinds={"review": "text"})
    found = sole(lime_text_column)(graph, one(review=TEXT, stars=2.0), "review", samples=300)
    assert found.heaviest[0] == ("wonderful", pytest.approx(6.0, abs=0.2))


def test_long_texts_are_cut_into_stretches():
    words = [f"word{i}" for i in range(400)]

    def contains(texts):
        return np.array([[float("word200" in text)] for text in texts])

    found = sole(lime_text)(lambda texts: np.array([[float("word200" in t)] for t in texts]), " ".join(words), rounds=2)
    assert len(found.names) == MOST_PARTS
    assert "word200" in found.heaviest[0][0]


@pytest.mark.parametrize("text", ["", "?!"])
def test_a_text_without_words_has_no_parts(text):
    found = sole(lime_text)(mood, text, samples=20)
    assert found.names == ()
    assert found.heaviest == ()


def test_the_area_that_matters_is_found():
    image = RNG.normal(size=(16, 16, 3))
    image[4:8, 8:12] += 5.0
    found = sole(lime_image)(
        lambda images: images[:, 4:8, 8:12].max(axis=(1, 2, 3))[:, None], image, areas=grid(16, 16, 4)
    )
    assert found.heaviest[0][0] == "6"
    assert found.fidelity > 0.9
    assert all(abs(weight) < 0.1 * found.heaviest[0][1] for _, weight in found.heaviest[1:])


def test_areas_cover_the_image():
    areas = grid(10, 7, 3)
    assert areas.shape == (10, 7)
    assert np.unique(areas).tolist() == list(range(9))
    assert grid(2, 2, 8).max() == 3
