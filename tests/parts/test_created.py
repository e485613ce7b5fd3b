"""Created columns: what the graph makes of them, and that only those that pay are kept."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Block, Examples, FittedStep, Known
from ninefold.core.recipe import Branch, Recipe, StepSpec
from ninefold.core.table import Array, Rows
from ninefold.features._making import families
from ninefold.features._pool import Pool
from ninefold.forms.onnx import Session
from ninefold.forms.recipe import apply_step, fit_recipe
from ninefold_runtime.schema import Column, Task

FEATURES, PREPARE = "ninefold.features.steps", "ninefold.prepare.steps"


def table(rows: int = 400) -> Block:
    """Two numbers with gaps, two columns of codes with gaps."""
    rng = np.random.default_rng(3)
    values = np.column_stack([rng.normal(size=(rows, 2)), rng.integers(1, 4, rows), rng.integers(1, 6, rows)])
    values[rng.random(values.shape) < 0.1] = np.nan
    values[:5, 1] = 0.0
    return Block(values, ("a", "b", "c", "d"), (2, 3))


def made(block: Block, values: Array) -> dict[str, Array]:
    pool = Pool(block.names, tuple(families(block, [0, 1], [2, 3])))
    return dict(zip(pool.names, apply_step(pool, values).T, strict=True))


def test_arithmetic_is_arithmetic() -> None:
    block = table()
    a, b = block.values[:, 0], block.values[:, 1]
    out = made(block, block.values)
    np.testing.assert_array_equal(out["a + b"], a + b)
    np.testing.assert_array_equal(out["a - b"], a - b)
    np.testing.assert_array_equal(out["a × b"], a * b)
    np.testing.assert_array_equal(out["a / b"], a / np.where(b == 0, np.nan, b))


def test_groups_are_those_of_the_training_rows_and_unseen_is_all_rows() -> None:
    block = table()
    new = np.array([[2.0, 1.0, code, 1.0] for code in (1.0, 2.0, 3.0, 9.0, np.nan)])
    out = made(block, new)
    groups = [block.values[block.values[:, 2] == code, 0] for code in (1, 2, 3)] + [block.values[:, 0]] * 2
    means, spreads = np.array([np.nanmean(g) for g in groups]), np.array([np.nanstd(g) for g in groups])
    np.testing.assert_allclose(out["mean a by c"], means)
    np.testing.assert_allclose(out["a above its mean by c"], (2.0 - means) / spreads)


def test_crossed_categories_are_numbered_by_frequency() -> None:
    block = table()
    c, d = block.values[:, 2], block.values[:, 3]
    codes = made(block, block.values)["c & d"]
    assert np.array_equal(np.isnan(codes), np.isnan(c) | np.isnan(d))
    assert all(np.ptp(codes[(c == i) & (d == j)]) == 0 for i in (1, 2, 3) for j in (1, 2, 3, 4, 5))
    counts = np.bincount(codes[~np.isnan(codes)].astype(int))[1:]
    assert len(counts) == 15
    assert (np.diff(counts) <= 0).all()
    assert np.isnan(made(block, np.array([[0.0, 0.0, 9.0, 1.0]]))["c & d"]).all()


def test_a_pool_keeps_what_is_asked_for() -> None:
    block = table()
    pool = Pool(block.names, tuple(families(block, [0, 1], [2, 3])))
    for places in combinations(range(0, len(pool.names), 3), 2):
        chosen = pool.only(places)
        assert chosen.names == tuple(pool.names[i] for i in places)
        everything, few = apply_step(pool, block.values), apply_step(chosen, block.values)
        np.testing.assert_array_equal(few, everything[:, list(places)])


def created(
    x: Array, y: Array, task: Task = "regression", chosen: frozenset[str] | None = None, **settings: object
) -> FittedStep:
    names = tuple(f"x{i}" for i in range(x.shape[1]))
    known = Known(y, task, 1 if task == "regression" else int(y.max()) + 1, chosen)
    return parts.make(FEATURES, "created", settings).fit(Block(x, names), known, rng=np.random.default_rng(0))


@pytest.mark.parametrize("judge", ["trees", "linear"])
@pytest.mark.parametrize("task", ["regression", "binary", "multiclass"])
def test_a_product_that_tells_is_found(judge: str, task: Task) -> None:
    x = np.random.default_rng(1).uniform(-1, 1, (900, 4))
    told = x[:, 0] * x[:, 2]
    y = told if task == "regression" else np.digitize(told, [0.0] if task == "binary" else [-0.2, 0.2])
    step = created(x, y, task, judge=judge)
    assert set(step.names[4:]) & {"x0 × x2", "x0 / x2", "x2 / x0"}
    assert len(step.names) <= 4 + 3


@pytest.mark.parametrize("judge", ["trees", "linear"])
def test_nothing_is_kept_where_nothing_pays(judge: str) -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(800, 5))
    assert created(x, rng.normal(size=800), judge=judge).names == ("x0", "x1", "x2", "x3", "x4")
    alone = created(x, x[:, 0] + rng.normal(size=800), judge=judge, keep=False)
    assert alone.names == ()
    assert apply_step(alone, x).shape == (800, 0)


RATIO = {name: Column(name=name, kind="number") for name in "abcdef"}


def made_ratio(rows: int, rng: np.random.Generator) -> Rows:
    """A price per unit behind noise: the target is one number over another."""
    columns = {name: rng.uniform(1, 10, rows) for name in RATIO}
    return Rows(columns, columns["a"] / columns["b"] + 0.05 * rng.normal(size=rows))


def error(recipe: Recipe, learner: str, train: Rows, test: Rows) -> float:
    fitting = fit_recipe(recipe, RATIO, train, Known(train.target, "regression", 1), np.random.default_rng(0))
    data = Examples(fitting.matrix, train.target, "regression", 1, fitting.recipe.names)
    form = parts.make("ninefold.learners", learner).fit(data, rng=np.random.default_rng(0), clock=Clock(60))
    x = Session(fitting.recipe.compiled()).run(test.columns)["x"]
    return float(np.sqrt(np.mean((form.predict(x)[:, 0] - test.target) ** 2)))


def test_on_all_rows_what_folds_chose_is_kept_whether_it_pays_or_not() -> None:
    x = np.random.default_rng(1).uniform(-1, 1, (900, 4))
    told = x[:, 0] * x[:, 2]
    step = created(x, told, chosen=frozenset({"x0", "x1", "x1 + x3", "x2 / x3"}))
    assert step.names[4:] == ("x1 + x3", "x2 / x3")
    assert created(x, told, chosen=frozenset({"x0"})).names == ("x0", "x1", "x2", "x3")


def test_a_good_feature_makes_a_simple_model_powerful() -> None:
    """A linear model with a created column beats boosted trees without it."""
    rng = np.random.default_rng(7)
    train, test = made_ratio(600, rng), made_ratio(600, rng)
    scale, names = StepSpec(FEATURES, "scale"), tuple(RATIO)
    made = StepSpec(FEATURES, "created", {"judge": "linear", "keep": False})
    plain = Branch(names, ())
    scaled = Branch(names, (scale,))
    both = (scaled, Branch(names, (made, StepSpec(PREPARE, "fill"), StepSpec(PREPARE, "clip"), scale)))
    trees = error(Recipe("plain", (plain,)), "lightgbm", train, test)
    linear = error(Recipe("scaled", (scaled,)), "ridge_regression", train, test)
    powerful = error(Recipe("scaled+created", both), "ridge_regression", train, test)
    assert powerful < 0.5 * trees < 0.5 * linear


def test_a_linear_view_stands_where_nothing_was_created() -> None:
    rng = np.random.default_rng(8)
    rows = Rows({name: rng.normal(size=200) for name in RATIO}, rng.normal(size=200))
    made = StepSpec(FEATURES, "created", {"judge": "linear", "keep": False})
    after = (made, StepSpec(PREPARE, "fill"), StepSpec(PREPARE, "clip"), StepSpec(FEATURES, "scale"))
    recipe = Recipe("scaled+created", (Branch(tuple(RATIO), ()), Branch(tuple(RATIO), after)))
    fitting = fit_recipe(recipe, RATIO, rows, Known(rows.target, "regression", 1), np.random.default_rng(0))
    assert fitting.matrix.shape == (200, 6)
    assert Session(fitting.recipe.compiled()).run(rows.columns)["x"].shape == (200, 6)
