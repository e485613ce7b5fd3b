"""A fitted recipe: one graph from raw columns to a view's matrix, which is also the training transform."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from ninefold.core import parts
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.recipe import Branch, Recipe, StepSpec
from ninefold.core.table import Rows
from ninefold.forms.onnx import Session, Var, const, op
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


@dataclass(frozen=True)
class Centre:
    """Moves every column by the mean target of the rows it was fitted on, and marks the last column as codes."""

    uses_target: ClassVar[bool] = True

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        return Centred(block.names, known.y.mean(), (len(block.names) - 1,))


@dataclass(frozen=True)
class Centred:
    names: tuple[str, ...]
    mean: float
    categorical: tuple[int, ...]

    def graph(self, block: Var) -> Var:
        return op.add(block, const(self.mean))


class Loaded:
    """The entry point of a plug-in."""

    def load(self) -> type[Centre]:
        return Centre


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


def test_steps_after_the_branches_see_all_columns_at_once() -> None:
    train, known = rows(80), Known(np.zeros(80, np.int64), "binary", 2)
    before = fit_recipe(recipe("one_hot"), COLUMNS, train, known, np.random.default_rng(0))
    whole = replace(recipe("one_hot"), after=(StepSpec(FEATURES, "scale", {"how": "minmax"}),))
    fitting = fit_recipe(whole, COLUMNS, train, known, np.random.default_rng(0))
    assert fitting.recipe.names == before.recipe.names
    low, spread = before.matrix.min(axis=0), np.ptp(before.matrix, axis=0)
    np.testing.assert_allclose(fitting.matrix * spread, before.matrix - low, atol=1e-12)
    assert fitting.matrix.max() == 1.0 != before.matrix.max()
    np.testing.assert_array_equal(fitting.matrix, Session(fitting.recipe.compiled()).run(train.columns)["x"])


def test_a_last_step_that_uses_the_target_is_made_out_of_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_plugins", lambda package: {"centre": Loaded()} if package == FEATURES else {})
    train = rows(100)
    known = Known(train.target, "binary", 2)
    whole = replace(recipe("ordinal"), after=(StepSpec(FEATURES, "centre"),))
    fitting = fit_recipe(whole, COLUMNS, train, known, np.random.default_rng(0))
    served = Session(fitting.recipe.compiled()).run(train.columns)["x"]
    moved = (fitting.matrix - served)[:, 0] + train.target.mean()
    assert fitting.recipe.categorical == (len(fitting.recipe.names) - 1,)
    assert len(np.unique(moved.round(9))) > 1
    np.testing.assert_allclose(np.unique(moved.round(9)).mean(), train.target.mean(), atol=1e-9)
