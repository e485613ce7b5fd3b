"""Forms read from the boosting libraries: categories, gaps and codes go the very way the library sends them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from graphs import through_graph
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.forms.looked_up import LookedUp

RNG = np.random.default_rng
LEVELS = (2, 6, 60)
TASKS = {"binary": 2, "multiclass": 4, "regression": 1}


def table(task, rows=600, seed=0, levels=LEVELS):
    """Three columns of numbers, then three of categories, gaps in all but the third; the target depends on all."""
    rng, effects = RNG(seed), RNG(99)
    numbers = rng.normal(size=(rows, 3))
    codes = np.column_stack([rng.integers(1, k + 1, rows) for k in levels])
    score = numbers[:, 0] + numbers[:, 1] * numbers[:, 2] + 0.3 * rng.normal(size=rows)
    score += sum(effects.normal(size=k + 1)[column] for k, column in zip(levels, codes.T, strict=True))
    x = np.column_stack([numbers, codes]).astype(float)
    gaps = rng.random(x.shape) < 0.1
    gaps[:, 2] = False
    x[gaps] = np.nan
    cuts = {"binary": [0.2], "multiclass": [-1.0, 0.0, 1.0], "regression": []}[task]
    y = np.digitize(score, cuts) if cuts else score
    return Examples(x, y, task, TASKS[task], tuple("abcdef"), categorical=(3, 4, 5))


def new_rows(seed=7, rows=2000):
    """Rows with codes beyond those of training, gaps everywhere, and numbers of any size."""
    rng = RNG(seed)
    x = np.column_stack(
        [rng.normal(size=(rows, 3)) * 10.0 ** rng.integers(-3, 4, (rows, 1)), rng.integers(1, 80, (rows, 3))]
    )
    x[rng.random(x.shape) < 0.15] = np.nan
    x[:5, :3] = [[np.inf] * 3, [-np.inf] * 3, [1e300] * 3, [-1e300] * 3, [0.0] * 3]
    return x


def fitted(name, data, **settings):
    return parts.find("ninefold.learners", name)(**settings).fit(data, rng=RNG(0), clock=Clock())


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(
    "settings",
    [{"depth": 2}, {"depth": 9, "l2": 1e-4}, {"one_hot": 100, "bagging": 1.0}],
    ids=["shallow", "deep", "one-hot"],
)
def test_catboost_with_categories_is_exact(task, settings):
    form = fitted("catboost", table(task), trees=40, **settings)
    rows = np.vstack([new_rows(), form.borders()])
    assert isinstance(form, LookedUp)
    assert len(form.tables) > len(LEVELS)
    np.testing.assert_allclose(through_graph(form, rows), form.predict(rows), atol=1e-12)


def test_catboost_drops_questions_whose_answer_does_not_matter():
    """Of a tree of depth 9 on 600 rows most leaves are empty; a full one would have 511 questions."""
    form = fitted("catboost", table("binary"), trees=10, depth=9)
    assert len(form.inner.feature) < 0.7 * 10 * 511


def test_catboost_stops_where_the_stopping_rows_say():
    rng = RNG(0)
    x, y = rng.normal(size=(400, 5)), rng.integers(0, 3, 400)
    data = Examples(x[:200], y[:200], "multiclass", 3, tuple("abcde"))
    stop = dataclasses.replace(data, x=x[200:], y=y[200:])
    form = fitted("catboost", dataclasses.replace(data, stop=stop), patience=10, trees=300, learning_rate=0.01)
    assert form.rounds < 200
    short = fitted("catboost", data, trees=form.rounds, learning_rate=0.01)
    np.testing.assert_array_equal(form.predict(x), short.predict(x))


def test_catboost_may_stop_on_rows_of_classes_and_gaps_that_training_lacks():
    data = table("multiclass")
    known = data.y != 1
    train = dataclasses.replace(data, x=data.x[known], y=data.y[known])
    unknown = dataclasses.replace(data, x=np.full_like(data.x, np.nan))
    form = fitted("catboost", dataclasses.replace(train, stop=unknown), trees=20)
    assert (form.predict(data.x)[:, 1] == 0.0).all()
    alone = dataclasses.replace(data, x=data.x[~known], y=data.y[~known])
    assert fitted("catboost", dataclasses.replace(train, stop=alone), trees=20).rounds == 20


def test_catboost_takes_columns_that_are_the_same_in_single_precision_for_the_baseline():
    data = table("regression", rows=50)
    flat = dataclasses.replace(data, x=1.0 + 1e-12 * RNG(0).normal(size=(50, 2)), names=("a", "b"), categorical=())
    np.testing.assert_allclose(fitted("catboost", flat).predict(flat.x), data.y.mean())


@pytest.mark.parametrize(
    "settings",
    [{"max_ctr_complexity": 2}, {"simple_ctr": "BinarizedTargetMeanValue"}],
    ids=["pairs", "other statistic"],
)
def test_catboost_reader_refuses_what_it_cannot_say(tmp_path, settings):
    import json

    import catboost

    from ninefold.forms.trees.catboost import Columns, read

    codes = RNG(0).integers(1, 30, size=(400, 2))
    words = np.array([b"", *(str(code).encode() for code in range(1, 30))], object)
    pool = catboost.Pool(catboost.FeaturesData(None, words[codes]), codes.sum(axis=1) % 7 > 2)
    common = {"loss_function": "Logloss", "iterations": 30, "allow_writing_files": False, "logging_level": "Silent"}
    model = catboost.CatBoost(common | settings).fit(pool)
    model.save_model(str(tmp_path / "model.json"), format="json", pool=pool)
    described = json.loads((tmp_path / "model.json").read_text())
    with pytest.raises(ValueError, match="have no graph"):
        read(described, Columns([], [0, 1], 30), np.ones((1, 1)), "sigmoid", lambda x: x)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("settings", [{"depth": 2}, {"depth": 9, "min_weight": 0.1}, {"one_hot": 100}])
def test_xgboost_with_categories_goes_the_same_ways(task, settings):
    """The one difference is that XGBoost adds up in single precision; a row sent another way would show."""
    form = fitted("xgboost", table(task), trees=40, **settings)
    rows = np.vstack([new_rows(), form.borders()])
    assert form.members
    np.testing.assert_allclose(through_graph(form, rows), form.predict(rows), atol=2e-6)


def test_xgboost_stops_where_the_stopping_rows_say():
    rng = RNG(0)
    x, y = rng.normal(size=(400, 5)), rng.integers(0, 2, 400)
    data = Examples(x[:200], y[:200], "binary", 2, tuple("abcde"))
    stop = dataclasses.replace(data, x=x[200:], y=y[200:])
    form = fitted("xgboost", dataclasses.replace(data, stop=stop), patience=10, trees=200, learning_rate=0.01)
    assert form.rounds < 150
    short = fitted("xgboost", data, trees=form.rounds, learning_rate=0.01)
    np.testing.assert_array_equal(form.predict(x), short.predict(x))


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"booster": "gblinear"}, "only boosted trees"),
        ({"multi_strategy": "multi_output_tree", "objective": "multi:softprob", "num_class": 3}, "vector in each leaf"),
    ],
)
def test_xgboost_reader_refuses_what_it_cannot_say(settings, text):
    import json

    import xgboost

    from ninefold.forms.trees.xgboost import read

    table_ = xgboost.DMatrix(RNG(0).normal(size=(60, 2)), RNG(1).integers(0, 3, 60), nthread=1)
    booster = xgboost.train({"nthread": 1, "verbosity": 0} | settings, table_, 2)
    with pytest.raises(ValueError, match=text):
        read(json.loads(booster.save_raw("json")), "identity", lambda x: x)
