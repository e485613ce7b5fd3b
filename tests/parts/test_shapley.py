"""Shapley values of raw columns: against the definition, on functions of known truth, and what they must obey."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import factorial

import numpy as np
import pytest

import bundles
from ninefold_runtime.explain.asked import Array, Arrays, Asked, Background
from ninefold_runtime.explain.shapley import shapley, thinned
from ninefold_runtime.model import Model
from ninefold_runtime.schema import Column, Schema, Target
from ninefold_runtime.wire import NO_TIME

COLUMNS = (
    Column(name="x", kind="number"),
    Column(name="place", kind="category"),
    Column(name="day", kind="datetime"),
    Column(name="z", kind="number"),
    Column(name="idle", kind="number"),
)
NAMES = tuple(column.name for column in COLUMNS)
ROW = {
    "x": np.array([2.0]),
    "place": np.array(["sea"], object),
    "day": np.array([NO_TIME]),
    "z": np.array([np.nan]),
    "idle": np.array([7.0]),
}


def tangled(rows: Arrays) -> Array:
    """Two outputs in which every column but the last meets another; missing cells count."""
    x, z = rows["x"], np.where(np.isnan(rows["z"]), 3.0, rows["z"])
    sea = (rows["place"] == "sea").astype(float)
    known = (rows["day"] != NO_TIME).astype(float)
    return np.column_stack([x * z * sea + known * np.sin(x), np.maximum(x, z) - sea * known])


def asked(rows: int, seed: int = 0) -> Asked:
    rng = np.random.default_rng(seed)
    columns = {
        "x": rng.normal(size=rows),
        "place": rng.choice(np.array(["sea", "hill", ""], object), rows),
        "day": np.where(rng.random(rows) < 0.5, NO_TIME, 10**12),
        "z": np.where(rng.random(rows) < 0.3, np.nan, rng.normal(size=rows)),
        "idle": rng.normal(size=rows),
    }
    weights = rng.dirichlet(np.ones(rows))
    schema = Schema(columns=COLUMNS, target=Target(name="y", task="multioutput", several=("a", "b")))
    return Asked(schema, tangled, ("a", "b"), Background(columns, weights))


def by_definition(game: Asked) -> Array:
    """[C, K], from the weighted mean worth of every coalition."""

    def worth(members: tuple[str, ...]) -> Array:
        background = game.background
        hybrid = {n: np.repeat(ROW[n], len(background)) if n in members else background.columns[n] for n in NAMES}
        return background.weights @ game.ask(hybrid)

    def fair(name: str) -> Array:
        others = [other for other in NAMES if other != name]
        total = np.zeros(2)
        for size in range(len(NAMES)):
            chance = factorial(size) * factorial(len(NAMES) - size - 1) / factorial(len(NAMES))
            for members in combinations(others, size):
                total += chance * (worth((*members, name)) - worth(members))
        return total

    return np.array([fair(name) for name in NAMES])


def test_enumerated_values_are_those_of_the_definition() -> None:
    game = asked(9)
    found = shapley(game, ROW, most=10_000, seed=0)
    assert found.exact
    np.testing.assert_allclose(found.amounts, by_definition(game), atol=1e-12)
    np.testing.assert_array_equal(found.errors, 0)


def test_drawn_values_lie_around_those_of_the_definition_as_far_as_they_say() -> None:
    game = asked(200)
    truth = by_definition(game)
    found = [shapley(game, ROW, most=2_600, seed=seed) for seed in range(30)]
    assert not any(each.exact for each in found)
    assert {each.compared for each in found} == {200}
    drawn = np.array([each.errors for each in found]).min(axis=0) > 1e-9
    assert drawn.sum() >= 3
    scores = np.array([(each.amounts - truth)[drawn] / each.errors[drawn] for each in found])
    assert abs(scores.mean()) < 0.3
    assert 0.6 < scores.std() < 1.5


@pytest.mark.parametrize("most", [10, 500, 10_000])
def test_base_and_contributions_add_up_to_the_answer(most: int) -> None:
    game = asked(40, seed=3)
    found = shapley(game, ROW, most=most, seed=1)
    assert found.off < 1e-12
    np.testing.assert_allclose(found.value, tangled(ROW)[0])
    assert found.compared == (1 if most == 10 else 40)
    if most > 10:
        np.testing.assert_allclose(found.base, game.background.weights @ tangled(game.background.columns))


@pytest.mark.parametrize("most", [500, 10_000])
def test_a_column_that_the_graph_ignores_adds_nothing(most: int) -> None:
    np.testing.assert_array_equal(shapley(asked(40), ROW, most=most, seed=2).amounts[NAMES.index("idle")], 0)


def test_the_same_seed_gives_the_same_values_and_another_one_others() -> None:
    game = asked(40)
    first, same, other = (shapley(game, ROW, most=500, seed=seed).amounts for seed in (4, 4, 5))
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


def test_a_row_like_every_background_row_is_not_explained_by_anything() -> None:
    game = asked(5)
    alike = Background({name: np.repeat(values, 5) for name, values in ROW.items()}, np.full(5, 0.2))
    found = shapley(replace(game, background=alike), ROW, most=100, seed=0)
    np.testing.assert_array_equal(found.amounts, 0)
    np.testing.assert_allclose(found.base, found.value)


def test_of_a_sum_each_column_gets_its_own_part() -> None:
    """The values of a linear model are w (x - E x); here each column is a term by itself."""
    schema = bundles.schema("regression")
    model = Model(bundles.graph("regression"), schema)
    background = Background(*bundles.prototypes(50).wired(schema))
    game = Asked(schema, lambda rows: model.predict_arrays(rows).predictions[:, None], ("outcome",), background)
    row = {name: values[:1] for name, values in bundles.prototypes(50).wired(schema)[0].items()}
    row |= {"age": np.array([64.0]), "fare paid": np.array([250.0])}
    found = shapley(game, row, most=3_000, seed=0)
    age = np.where(np.isnan(background.columns["age"]), 30.0, background.columns["age"])
    fare = np.where(np.isnan(background.columns["fare paid"]), 10.0, background.columns["fare paid"])
    assert found.amounts[0, 0] == pytest.approx(0.05 * (64.0 - background.weights @ age))
    assert found.amounts[1, 0] == pytest.approx(0.01 * (250.0 - background.weights @ fare))


def test_a_thinned_background_keeps_all_the_weight() -> None:
    background = asked(101).background
    few = thinned(background, 10)
    assert len(few) == 10
    assert few.weights.sum() == pytest.approx(1)
    assert thinned(background, 200) is background
