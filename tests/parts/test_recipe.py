"""A fitted recipe: one graph from raw columns to a view's matrix, which is also the training transform."""

from __future__ import annotations

import numpy as np
import pytest

from ninefold.core.protocols import Known
from ninefold.core.recipe import Branch, Recipe, StepSpec
from ninefold.core.table import Rows
from ninefold.forms.onnx import Session
from ninefold.forms.recipe import fit_recipe
from ninefold_runtime.schema import Column

PREPARE, FEATURES = "ninefold.prepare.steps", "ninefold.features.steps"
COLUMNS = {"Preis (€)": Column(name="Preis (€)", kind="number"), "日本": Column(name="日本", kind="category")}


def rows(count: int) -> Rows:
    rng = np.random.default_rng(count)
    price = np.where(rng.random(count) < 0.2, np.nan, rng.normal(size=count))
    place = rng.choice(np.array([f"level {i}" for i in range(400)], object), count)
    return Rows({"Preis (€)": price, "日本": place}, rng.integers(0, 2, count))


def recipe(*steps: str) -> Recipe:
    number = (StepSpec(PREPARE, "finite"), StepSpec(PREPARE, "fill"), StepSpec(FEATURES, "scale"))
    category = tuple(StepSpec(FEATURES, step) for step in steps)
    return Recipe("scaled", (Branch(("Preis (€)",), number), Branch(("日本",), category)))


def test_the_graph_is_the_training_transform() -> None:
    train = rows(500)
    fitting = fit_recipe(recipe("one_hot"), COLUMNS, train, Known(train.target, "binary", 2), np.random.default_rng(0))
    again = Session(fitting.recipe.compiled()).run(train.columns)["x"]
    np.testing.assert_array_equal(fitting.matrix, again)
    assert fitting.matrix.shape == (500, len(fitting.recipe.names))


@pytest.mark.parametrize("count", [0, 1, 7])
def test_the_graph_takes_any_number_of_rows(count: int) -> None:
    train = rows(60)
    fitting = fit_recipe(recipe("one_hot"), COLUMNS, train, Known(train.target, "binary", 2), np.random.default_rng(0))
    few = rows(60).take(np.arange(count))
    assert Session(fitting.recipe.compiled()).run(few.columns)["x"].shape == (count, len(fitting.recipe.names))


def auc(y: np.ndarray, score: np.ndarray) -> float:
    positive, negative = score[y == 1][:, None], score[y == 0]
    return float((positive > negative).mean() + 0.5 * (positive == negative).mean())


def test_target_means_of_training_rows_are_out_of_fold() -> None:
    """A pure-noise column of 400 levels, encoded on its own rows, reaches an AUC of 0.8; it must stay at chance."""
    train = rows(1400)
    known = Known(train.target, "binary", 2)
    fitting = fit_recipe(recipe("target_mean"), COLUMNS, train, known, np.random.default_rng(0))
    honest = fitting.matrix[:, fitting.recipe.names.index("日本 → target")]
    naive = Session(fitting.recipe.compiled()).run(train.columns)["x"][:, -1]
    assert auc(train.target, naive) > 0.75
    assert abs(auc(train.target, honest) - 0.5) < 0.06
