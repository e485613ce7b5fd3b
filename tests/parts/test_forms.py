"""Forms: the graph is the library's prediction, also where libraries and converters are known to part ways."""

from __future__ import annotations

import numpy as np
import pytest

from graphs import through_graph
from ninefold.core.protocols import Examples
from ninefold.forms import links
from ninefold.forms.constant import Constant
from ninefold.forms.forest import Forest
from ninefold.forms.linear import Linear
from ninefold.forms.neighbours import Neighbours
from ninefold.forms.onnx import Session, form_graph
from ninefold.forms.trees import lightgbm as from_lightgbm
from ninefold.forms.trees import sklearn as from_sklearn

RNG = np.random.default_rng


def parity(form, x):
    """Largest difference of graph and library over the given rows and the form's borders."""
    rows = np.vstack([x, form.borders()])
    return np.abs(through_graph(form, rows) - form.predict(rows)).max()


# --- small forms


def test_constant_needs_no_columns():
    form = Constant(np.array([0.25, 0.75]), 0)
    np.testing.assert_array_equal(through_graph(form, np.zeros((3, 0))), [[0.25, 0.75]] * 3)
    assert form.borders().shape == (0, 0)


@pytest.mark.parametrize("link", ["identity", "complement", "sigmoid", "softmax"])
def test_links_agree(link):
    scores = np.array([[0.3], [-800.0], [800.0], [0.0]])
    scores = np.hstack([scores, -scores, scores / 2]) if link == "softmax" else scores
    form = Linear(np.eye(scores.shape[1]), np.zeros(scores.shape[1]), link)
    np.testing.assert_allclose(through_graph(form, scores), links.applied(link, scores), atol=1e-15)


@pytest.mark.parametrize("outputs", [2, 3, 6])
def test_odds_of_pairs_become_the_chances_they_come_from(outputs):
    chances = RNG(0).dirichlet(np.ones(outputs), size=20)
    i, j = np.triu_indices(outputs, 1)
    odds = np.log(chances[:, j] / chances[:, i])
    np.testing.assert_allclose(links.applied("pairs", odds), chances, atol=1e-12)
    form = Linear(np.eye(len(i)), np.zeros(len(i)), "pairs")
    np.testing.assert_allclose(through_graph(form, 100 * odds), links.applied("pairs", 100 * odds), atol=1e-14)


def test_linear_borders_are_ties():
    form = Linear(RNG(0).normal(size=(4, 3)), RNG(1).normal(size=3), "softmax")
    chances = form.predict(form.borders())
    assert len(chances) == 2
    np.testing.assert_allclose(chances[0, 0], chances[0, 1])
    np.testing.assert_allclose(chances[1, 1], chances[1, 2])


# --- neighbours


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "minkowski", "cosine", "mahalanobis"])
@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_neighbours_are_scikit_learns(metric, weights):
    from sklearn.neighbors import KNeighborsRegressor

    rows, values, new = RNG(0).normal(size=(150, 5)), RNG(1).normal(size=(150, 2)), RNG(2).normal(size=(60, 5))
    rows[:, 1] += 2 * rows[:, 0]
    # scikit-learn's cosine of a row with itself rounds, and then no longer outweighs the others.
    new = new if metric == "cosine" else np.vstack([new, rows[:10]])
    whitening = np.linalg.cholesky(np.linalg.inv(np.cov(rows.T))) if metric == "mahalanobis" else None
    form = Neighbours(rows, values, 7, metric, weights == "distance", whitening)
    more = {"mahalanobis": {"VI": np.linalg.inv(np.cov(rows.T))}, "minkowski": {}}.get(metric)
    theirs = KNeighborsRegressor(7, metric=metric, p=3, weights=weights, algorithm="brute", metric_params=more)
    np.testing.assert_allclose(form.predict(new), theirs.fit(rows, values).predict(new), atol=1e-9)
    assert parity(form, new) < 1e-12


@pytest.mark.parametrize("metric", ["cosine", "mahalanobis"])
def test_neighbours_at_no_distance_after_a_projection(metric):
    """Rounding of the projection must not make a row, or its double, differ from itself."""
    rows = np.vstack([RNG(0).normal(size=(40, 3)), RNG(0).normal(size=(40, 3)), np.zeros((1, 3))])
    whitening = RNG(1).normal(size=(3, 3)) if metric == "mahalanobis" else None
    form = Neighbours(rows, np.arange(81.0)[:, None], 1, metric, True, whitening)
    expected = np.append(np.tile(np.arange(40) + 20.0, 2), 80.0)
    np.testing.assert_allclose(form.predict(rows)[:, 0], expected)
    np.testing.assert_allclose(through_graph(form, rows)[:, 0], expected)


def test_neighbours_at_no_distance_outweigh_all_others():
    form = Neighbours(
        np.array([[0.0], [0.0], [1e-9], [5.0]]), np.array([[1.0], [3.0], [99.0], [7.0]]), 3, "euclidean", True
    )
    np.testing.assert_array_equal(form.predict(np.zeros((1, 1))), [[2.0]])
    np.testing.assert_array_equal(through_graph(form, np.zeros((1, 1))), [[2.0]])


def test_neighbours_tied_with_the_last_all_count():
    """One neighbour is asked and three are equally near: the order of the rows must not choose among them."""
    rows, values = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [4.0, 4.0]]), np.array([[1.0], [2.0], [6.0], [0.0]])
    for order in ([0, 1, 2, 3], [2, 1, 3, 0]):
        form = Neighbours(rows[order], values[order], 1, "euclidean", False)
        np.testing.assert_allclose(form.predict(np.zeros((1, 2))), [[3.0]])
        np.testing.assert_allclose(through_graph(form, np.zeros((1, 2))), [[3.0]])


def test_neighbours_predict_in_blocks(monkeypatch):
    from ninefold.forms import neighbours

    form = Neighbours(RNG(0).normal(size=(50, 3)), RNG(1).normal(size=(50, 1)), 4, "euclidean", True)
    whole = form.predict(RNG(2).normal(size=(33, 3)))
    monkeypatch.setattr(neighbours, "CELLS", 200)
    np.testing.assert_array_equal(form.predict(RNG(2).normal(size=(33, 3))), whole)
    assert form.predict(np.zeros((0, 3))).shape == (0, 1)
    assert through_graph(form, np.zeros((0, 3))).shape == (0, 1)


# --- forests


def by_hand(**changes):
    """x0 <= 0.5 ? (x1 in {2, 5} ? 1 : 2) : 4, and a second tree that is one leaf of 10."""
    values = {
        "width": 2,
        "roots": np.array([0, ~3]),
        "feature": np.array([0, 1]),
        "threshold": np.array([0.5, 0.0]),
        "nan_left": np.array([True, False]),
        "left": np.array([1, ~0]),
        "right": np.array([~2, ~1]),
        "leaf_tree": np.array([0, 0, 0, 1]),
        "leaves": np.array([[1.0], [2.0], [4.0], [10.0]]),
        "scores": 1,
        "link": "identity",
        "rounds": 2,
        "native": lambda x: np.zeros((len(x), 1)),
        "members": {1: np.array([2.0, 5.0])},
    }
    return Forest(**(values | changes))


ROWS = np.array([[0.5, 2.0], [0.5, 3.0], [np.nextafter(0.5, 1), 2.0], [np.nan, 5.0], [np.nan, np.nan], [np.inf, 2.0]])


def test_forest_by_hand():
    np.testing.assert_array_equal(through_graph(by_hand(), ROWS)[:, 0], [11, 12, 14, 11, 12, 14])


def test_forest_by_hand_averaged_in_single_precision():
    """A step above 0.5 too small for single precision is no step."""
    form = by_hand(average=True, single=True)
    np.testing.assert_array_equal(through_graph(form, ROWS)[:, 0], [5.5, 6, 5.5, 5.5, 6, 7])


def test_forest_of_vector_leaves():
    leaves = np.array([[1.0, 0.0], [2.0, 0.5], [4.0, 0.25], [10.0, 1.0]])
    expected = [[11, 1], [12, 1.5], [14, 1.25], [11, 1], [12, 1.5], [14, 1.25]]
    np.testing.assert_array_equal(through_graph(by_hand(leaves=leaves, scores=2), ROWS), expected)


def test_borders_reach_every_node_and_cross_it():
    """In a tree of 40 leaves all of whose values differ, the rows around the borders visit all leaves."""
    form, _ = boosted("regression", {"num_leaves": 40, "min_data_in_leaf": 5}, rounds=1)
    assert len(np.unique(form.predict(form.borders()))) == len(form.leaves) == 40
    assert len(form.borders()) <= 500
    assert len(boosted("binary", {}, rounds=60)[0].borders()) <= 500


# --- LightGBM


def table(task, *, rows=500, gaps=True, levels=30):
    rng = RNG(0)
    codes = rng.integers(1, levels + 1, rows)
    x = np.column_stack([rng.normal(size=(rows, 4)), codes])
    effect = rng.normal(size=levels + 1)
    score = x[:, 0] + np.abs(x[:, 1]) + 2 * effect[codes] + 0.3 * rng.normal(size=rows)
    x[rng.random(rows) < 0.3, 2] = 0.0
    if gaps:
        x[rng.random((rows, 5)) < 0.1] = np.nan
    y = {
        "binary": (score > np.median(score)).astype(np.int64),
        "multiclass": np.digitize(score, np.quantile(score, [0.3, 0.6])).astype(np.int64),
        "regression": score,
    }[task]
    return Examples(x, y, task, {"binary": 2, "multiclass": 3, "regression": 1}[task], tuple("abcde"), (4,))


def boosted(task, settings, rounds=40, categorical=True, **kind):
    """A LightGBM model read as a form, and rows to try it on: known ones, gaps, codes never met, extremes."""
    import lightgbm

    data = table(task, **kind)
    objective, link = {
        "binary": ("binary", "sigmoid"),
        "multiclass": ("multiclass", "softmax"),
        "regression": ("regression", "identity"),
    }[task]
    fixed = {"objective": objective, "verbosity": -1, "num_threads": 1, "min_data_per_group": 5}
    fixed |= {"num_class": 3} if task == "multiclass" else {}
    columns = [4] if categorical else []
    booster = lightgbm.train(fixed | settings, lightgbm.Dataset(data.x, data.y, categorical_feature=columns), rounds)

    def native(x):
        out = booster.predict(x)
        return np.column_stack([1 - out, out]) if task == "binary" else out.reshape(len(x), -1)

    x = data.x.copy()
    x[::3, 4] = 999.0
    x[::5] = np.nan
    tiny = np.tile([[0.0], [1e-40], [-1e-40], [1e-35], [-1e-35], [1e38], [-1e300]], (1, 5))
    tiny[:, 4] = 3.0
    return from_lightgbm.read(booster.model_to_string(), 5, link, native), np.vstack([data.x, x, tiny])


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"extra_trees": True, "num_leaves": 20, "min_data_in_leaf": 3},
        {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.7},
        {"boosting": "dart"},
        {"use_missing": False},
        {"max_cat_to_onehot": 40},
        {"min_data_in_leaf": 240},
    ],
    ids=lambda settings: "-".join(map(str, settings)) or "default",
)
def test_lightgbm_parity(task, settings):
    form, x = boosted(task, settings)
    assert parity(form, x) < 1e-12


def test_lightgbm_without_gaps_in_training_meets_gaps():
    form, x = boosted("binary", {}, gaps=False)
    assert parity(form, x) < 1e-12


def test_lightgbm_sets_of_hundreds_of_categories():
    form, x = boosted(
        "binary", {"max_cat_threshold": 500, "max_cat_to_onehot": 1, "cat_smooth": 1}, rows=3000, levels=900
    )
    assert max(map(len, form.members.values())) > 100
    assert parity(form, x) < 1e-12


def test_lightgbm_that_finds_no_split():
    form, x = boosted("multiclass", {"min_data_in_leaf": 400})
    assert len(form.feature) == 0
    assert parity(form, x) < 1e-12


@pytest.mark.parametrize("settings", [{"linear_tree": True}, {"zero_as_missing": True}], ids=str)
def test_lightgbm_without_a_graph_is_refused(settings):
    with pytest.raises(ValueError, match="have no graph"):
        boosted("regression", settings, categorical=False)


def test_lightgbm_scaled_back():
    form, x = boosted("regression", {})
    import lightgbm

    data = table("regression")
    settings = {"objective": "regression", "verbosity": -1, "num_threads": 1}
    text = lightgbm.train(settings, lightgbm.Dataset(data.x, data.y), 5).model_to_string()
    plain = through_graph(from_lightgbm.read(text, 5, "identity", form.native), x)
    large = through_graph(from_lightgbm.read(text, 5, "identity", form.native, factor=1e6, offset=1e9), x)
    np.testing.assert_allclose(large, plain * 1e6 + 1e9, rtol=1e-14)


# --- scikit-learn


@pytest.mark.parametrize("gaps", [True, False], ids=["gaps", "whole"])
@pytest.mark.parametrize(
    ("kind", "task"),
    [
        ("RandomForestClassifier", "binary"),
        ("RandomForestClassifier", "multiclass"),
        ("ExtraTreesClassifier", "multiclass"),
        ("RandomForestRegressor", "regression"),
        ("ExtraTreesRegressor", "regression"),
    ],
)
def test_sklearn_parity(kind, task, gaps):
    from sklearn import ensemble

    data = table(task, gaps=gaps)
    model = getattr(ensemble, kind)(15, random_state=0).fit(data.x, data.y)
    if task == "regression":
        places, link, native = np.ones((1, 1)), "identity", lambda x: model.predict(x)[:, None]
    elif task == "binary":
        places, link, native = np.array([[0.0], [1.0]]), "complement", model.predict_proba
    else:
        places, link, native = np.eye(3), "identity", model.predict_proba
    form = from_sklearn.read(model.estimators_, places, link, native, 15)
    rows = data.x.copy()
    rows[::4] = np.nan
    borders = form.borders()
    # scikit-learn refuses what single precision cannot hold; the learners bring it to the largest number first.
    usable = borders[~(np.abs(borders) > 1e30).any(axis=1)]
    rows = np.vstack([data.x, rows, usable])
    assert len(usable) > 200
    assert np.abs(through_graph(form, rows) - form.predict(rows)).max() < 1e-13


def test_sklearn_tree_of_one_leaf():
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(max_depth=1, min_samples_leaf=6).fit(np.zeros((10, 2)), np.arange(10) % 2)
    form = from_sklearn.read([model], np.array([[0.0], [1.0]]), "complement", model.predict_proba, None)
    np.testing.assert_array_equal(through_graph(form, np.zeros((2, 2))), [[0.5, 0.5]] * 2)


# --- names


def test_a_loop_survives_any_column_name():
    """The body of a loop sees the names of the graph around it: whatever a column is called, renaming reaches it."""
    import onnx

    from ninefold.forms.onnx import block_input, compiled

    form = Neighbours(RNG(0).normal(size=(20, 3)), RNG(1).normal(size=(20, 1)), 4, "euclidean", True)
    graph = onnx.load_from_string(form_graph(form, 3)).graph
    body = next(attribute.g for node in graph.node if node.op_type == "Loop" for attribute in node.attribute)
    inner = [
        body.input[0].name,
        body.input[2].name,
        body.node[0].output[0],
        body.output[0].name,
        graph.node[-1].input[0],
    ]
    rows = RNG(2).normal(size=(5, 3))
    for name in ("x", *inner):
        x = block_input(np.float64, 3)
        (said,) = Session(compiled({name: x}, {"y": form.graph(x)})).run({name: rows}).values()
        np.testing.assert_allclose(said, form.predict(rows), atol=1e-12)
