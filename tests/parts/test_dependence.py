"""PDP, ICE and ALE on functions that are known; ALE stays right where columns depend on each other."""

from __future__ import annotations

import numpy as np
import pytest
from explained import asked

from ninefold_runtime.explain.ale import accumulated
from ninefold_runtime.explain.asked import Background
from ninefold_runtime.explain.dependence import partial_dependence
from ninefold_runtime.explain.places import places

RNG = np.random.default_rng(3)
ROWS = 400


def of(graph, name):
    return next(column for column in graph.schema.columns if column.name == name)


def slope(where, values):
    return np.polyfit(where, values, 1)[0]


def additive():
    columns = {"a": RNG.normal(size=ROWS), "b": RNG.exponential(size=ROWS)}
    return asked(lambda rows: 3 * rows["a"] + rows["b"] ** 2, columns)


def test_of_an_additive_graph_both_are_the_function():
    graph = additive()
    dependence, effect = (method(graph, of(graph, "b")) for method in (partial_dependence, accumulated))
    for where, values in ((dependence.places, dependence.mean[:, 0]), (effect.places, effect.effect[:, 0])):
        np.testing.assert_allclose(values - values[0], where**2 - where[0] ** 2, atol=1e-9)


def test_the_effect_is_centred_at_the_mean():
    graph = additive()
    effect = accumulated(graph, of(graph, "a"))
    at_rows = np.interp(graph.background.columns["a"], effect.places, effect.effect[:, 0])
    assert at_rows.mean() == pytest.approx(0, abs=0.1)


def test_single_curves_tell_what_their_mean_hides():
    columns = {"a": RNG.uniform(-1, 1, ROWS), "side": RNG.choice([-1.0, 1.0], ROWS)}
    graph = asked(lambda rows: rows["a"] * rows["side"], columns)
    dependence = partial_dependence(graph, of(graph, "a"))
    assert np.abs(dependence.mean).max() < 0.2
    low, high = dependence.band(0)
    np.testing.assert_allclose(high, np.abs(dependence.places), atol=1e-9)
    np.testing.assert_allclose(low, -np.abs(dependence.places), atol=1e-9)


def test_ale_is_right_where_pdp_misleads():
    """Where the columns agree, as in all rows there are, the answer is a + b; PDP asks about rows that cannot be."""
    a = RNG.uniform(0, 1, ROWS)
    columns = {"a": a, "b": a + RNG.normal(0, 0.02, ROWS)}
    strange = asked(lambda rows: rows["a"] + rows["b"] - 20 * np.maximum(rows["a"] - rows["b"] - 0.2, 0), columns)
    column = of(strange, "a")
    effect, dependence = accumulated(strange, column), partial_dependence(strange, column)
    assert slope(effect.places, effect.effect[:, 0]) == pytest.approx(1.0, abs=0.05)
    assert slope(dependence.places, dependence.mean[:, 0]) < -1


def test_levels_of_a_category_lie_in_the_order_of_what_goes_with_them():
    """Of sizes that go with a length, the order is that of the lengths, whatever their names and frequencies."""
    length = RNG.uniform(0, 4, ROWS)
    names = np.array(["zebra", "ant", "mouse", "dog"], object)
    size = names[length.astype(int)]
    graph = asked(lambda rows: rows["length"] + 2.0 * (rows["size"] == "dog"), {"length": length, "size": size})
    effect = accumulated(graph, of(graph, "size"))
    assert effect.places.tolist() in (names.tolist(), names.tolist()[::-1])
    by_name = dict(zip(effect.places.tolist(), effect.effect[:, 0], strict=True))
    assert by_name["dog"] - by_name["mouse"] == pytest.approx(2.0)
    assert by_name["zebra"] == pytest.approx(by_name["ant"]) == pytest.approx(by_name["mouse"])
    shares = [np.mean(size == name) for name in by_name]
    assert np.dot(list(by_name.values()), shares) == pytest.approx(0.0, abs=1e-9)


def test_weights_of_rows_count():
    columns = {"a": np.array([0.0, 1.0]), "b": np.array([0.0, 10.0])}
    graph = asked(lambda rows: rows["a"] * rows["b"], columns, weights=np.array([0.9, 0.1]))
    assert partial_dependence(graph, of(graph, "a")).mean[:, 0] == pytest.approx([0.0, 1.0])


def test_given_rows_are_asked_about_in_place_of_the_background():
    graph = additive()
    rows = Background({"a": np.zeros(5), "b": np.arange(5.0)}, np.full(5, 0.2))
    dependence = partial_dependence(graph, of(graph, "b"), rows)
    assert dependence.places.tolist() == [0, 1, 2, 3, 4]
    assert dependence.each.shape == (5, 5, 1)


def test_missing_values_take_no_part():
    columns = {"a": np.append(RNG.normal(size=50), [np.nan] * 50), "b": RNG.normal(size=100)}
    graph = asked(lambda rows: np.nan_to_num(rows["a"], nan=99.0), columns)
    effect = accumulated(graph, of(graph, "a"))
    assert slope(effect.places, effect.effect[:, 0]) == pytest.approx(1.0)
    assert np.isfinite(partial_dependence(graph, of(graph, "a")).places).all()


def test_several_outputs_are_told_apart():
    columns = {"a": RNG.normal(size=50), "seen": RNG.integers(0, 10**15, 50)}
    graph = asked(lambda rows: np.stack([rows["a"], -rows["a"]], axis=1), columns, outputs=("yes", "no"))
    effect = accumulated(graph, of(graph, "a")).effect
    np.testing.assert_allclose(effect[:, 0], -effect[:, 1])
    assert np.abs(accumulated(graph, of(graph, "seen")).effect).max() == 0
    assert partial_dependence(graph, of(graph, "seen")).places.dtype == np.int64


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (np.array([1.0, 1.0, 1.0]), "number", 1),
        (np.array([np.nan, np.nan]), "number", 0),
        (np.array([0.0, 1.0, np.nan]), "boolean", 2),
        (np.array(["", "b", "b", "a"], object), "category", 2),
        (np.array(["some words", "others"], object), "text", 0),
        (np.linspace(0, 1, 500), "number", 20),
    ],
)
def test_places(values, kind, expected):
    graph = asked(lambda rows: np.zeros(len(rows["v"])), {"v": values, "w": np.zeros(len(values))}, kinds={"v": kind})
    found = places(of(graph, "v"), graph.background)
    assert len(found) == expected
    assert set(found.tolist()) <= set(values.tolist())
    assert accumulated(graph, of(graph, "v")).effect.shape == (expected, 1)
    assert partial_dependence(graph, of(graph, "v")).mean.shape == (expected, 1)
