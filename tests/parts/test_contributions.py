"""What each raw column adds: exact sums for every form that has a path, and credit where it is known to be due."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import bundles
from graphs import through_graph
from ninefold.checks._bench import fitted, mixed
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Known
from ninefold.core.recipe import Branch, Recipe, StepSpec
from ninefold.core.table import Array, Rows
from ninefold.forms import calibration
from ninefold.forms.contributions import margins
from ninefold.forms.contributions.lineage import lineage
from ninefold.forms.contributions.margins import Learned
from ninefold.forms.contributions.of_blend import blended, calibrated, stacked, untold
from ninefold.forms.contributions.of_form import Explained, explained
from ninefold.forms.contributions.untold import Untold
from ninefold.forms.forest import Forest
from ninefold.forms.linear import Linear
from ninefold.forms.onnx import Session, block_input, compiled, const, op
from ninefold.forms.recipe import fit_recipe
from ninefold.forms.stack import fit_stack
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.errors import BundleError
from ninefold_runtime.explain.question import Question
from ninefold_runtime.explain.single import explain_one
from ninefold_runtime.schema import Column

EXACT = 1e-9
TELLING = [
    ("logistic_regression", "multiclass"),
    ("elastic_net", "regression"),
    ("poisson_regression", "count"),
    ("rules", "multiclass"),
    ("decision_tree", "binary"),
    ("random_forest", "multiclass"),
    ("bagging", "regression"),
    ("adaboost", "multiclass"),
    ("explainable_boosting", "binary"),
    ("lightgbm", "count"),
    ("lightgbm", "multiclass"),
    ("xgboost", "multiclass"),
    ("catboost", "binary"),
    ("catboost", "multiclass"),
]
SILENT = ["gaussian_process", "nearest_neighbours", "naive_bayes"]


def split(form, matrix: Array, rows: Array, shares: Array | None = None) -> tuple[Array, Array, Array]:
    """What the form says of the rows, the base, and the parts."""
    x = block_input(np.float64, matrix.shape[1])
    told = explained(form, x, Learned(matrix, np.eye(matrix.shape[1]) if shares is None else shares))
    out = Session(compiled({"x": x}, {"said": told.said, "parts": told.parts})).run({"x": rows})
    return out["said"], told.base, out["parts"]


@pytest.mark.parametrize(("learner", "task"), TELLING)
def test_parts_add_up_on_training_rows_and_on_borders(learner: str, task) -> None:
    part = parts.tiny(parts.make("ninefold.learners", learner))
    data = mixed(task, part.card.view)
    form = fitted(part, data)
    rows = np.vstack([data.x, form.borders()[:200]])
    rows = rows[np.isfinite(form.predict(rows)).all(axis=1)]
    said, base, amounts = split(form, data.x, rows)
    scale = np.maximum(1.0, np.abs(said))
    assert (np.abs(said - through_graph(form, rows)) <= EXACT * scale).all()
    assert (np.abs(base + amounts.sum(axis=2) - said) <= EXACT * scale).all()
    assert np.abs(amounts).max() > 1e-3


@pytest.mark.parametrize("learner", SILENT)
def test_forms_without_a_path_tell_nothing(learner: str) -> None:
    part = parts.tiny(parts.make("ninefold.learners", learner))
    data = mixed("binary", part.card.view)
    with pytest.raises(Untold):
        split(fitted(part, data), data.x, data.x)


def stump(**more) -> Forest:
    """Below 1.5 in column 0 it says 0; above, 4 or 8 by whether column 1 is below 0.5."""
    asked = dict(
        width=3, roots=np.array([0]), feature=np.array([0, 1]), threshold=np.array([1.5, 0.5]),
        nan_left=np.array([True, True]), left=np.array([~0, ~1]), right=np.array([1, ~2]),
        leaf_tree=np.zeros(3, int), leaves=np.array([[0.0], [4.0], [8.0]]), scores=1, link="identity", rounds=None,
        native=lambda x: x,
    )  # fmt: skip
    return Forest(**(asked | more))


def test_a_tree_credits_the_change_of_the_mean_to_the_column_it_asks_about() -> None:
    # 4 rows reach the first leaf, 2 the second, 1 the third; each leaf counts for half a row more.
    matrix = np.array([[1, 0, 0]] * 4 + [[2, 0, 0]] * 2 + [[2, 1, 0]], float)
    inner = (2.5 * 4 + 1.5 * 8) / 4
    root = 4 * inner / 8.5
    said, base, amounts = split(stump(), matrix, np.array([[1, 1, 9], [2, 0, 9], [2, 1, 9.0]]))
    assert said[:, 0].tolist() == pytest.approx([0, 4, 8])
    assert base == pytest.approx([root])
    assert amounts[:, 0] == pytest.approx(
        np.array([[-root, 0, 0], [inner - root, 4 - inner, 0], [inner - root, 8 - inner, 0]])
    )


def test_a_column_of_two_raw_ones_is_split_evenly_and_an_unknown_one_left_over() -> None:
    matrix = np.array([[1, 0, 0], [2, 0, 0], [2, 1, 0]], float)
    shares = np.array([[0.5, 0.5], [0.0, 0.0], [0.0, 1.0]])
    said, base, amounts = split(stump(), matrix, matrix[-1:], shares)
    _, _, whole = split(stump(), matrix, matrix[-1:])
    assert amounts[0, 0] == pytest.approx([whole[0, 0, 0] / 2] * 2)
    assert said - base - amounts.sum(axis=2) == pytest.approx(whole[:, :, 1])


def test_a_forest_that_is_too_large_is_not_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(margins, "CELLS", 3 * 4 - 1)
    with pytest.raises(Untold, match="too many"):
        split(stump(), np.zeros((2, 3)), np.zeros((1, 3)))


def test_weights_times_distances_from_the_mean_and_classes_take_from_each_other() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(3.0, 1.0, (50, 2))
    line = Linear(np.array([[2.0], [0.0]]), np.array([1.0]), "identity")
    _, base, amounts = split(line, matrix, matrix)
    assert base == pytest.approx([1 + 2 * matrix[:, 0].mean()])
    assert amounts[:, 0] == pytest.approx(np.column_stack([2 * (matrix[:, 0] - matrix[:, 0].mean()), np.zeros(50)]))
    classes = Linear(rng.normal(size=(2, 3)), rng.normal(size=3), "softmax")
    _, _, shared = split(classes, matrix, np.vstack([matrix, matrix.mean(axis=0), matrix.mean(axis=0) + 1e-7]))
    assert np.abs(shared.sum(axis=1)).max() < 1e-12
    assert np.abs(shared[-2]).max() < 1e-12
    with pytest.raises(Untold, match="pairs"):
        split(replace(classes, link="pairs"), matrix, matrix)


def test_sure_and_hopeless_rows_still_add_up() -> None:
    steep = Linear(np.array([[900.0, -900.0, 0.0], [0.0, 1e-9, -1e9]]), np.zeros(3), "softmax")
    rows = np.array([[5.0, 1.0], [-5.0, 1.0], [0.0, 1.0], [1e-15, 1.0]])
    said, base, amounts = split(steep, np.array([[0.1, 1.0], [-0.1, 1.0]]), rows)
    assert np.isfinite(amounts).all()
    assert base + amounts.sum(axis=2) == pytest.approx(said, abs=EXACT)


def members(rng: np.random.Generator) -> tuple[dict[int, Explained], dict[int, Array], object]:
    """Two members that tell and one that does not, as one function of x [N, 2], and what they say of x."""
    x = block_input(np.float64, 2)
    matrix = rng.normal(size=(200, 2))
    forms = {
        1: Linear(rng.normal(size=(2, 2)), np.zeros(2), "softmax"),
        2: Linear(rng.normal(size=(2, 1)), np.zeros(1), "sigmoid"),
    }
    silent = Linear(rng.normal(size=(2, 1)), np.ones(1), "sigmoid")
    known = {trial: explained(form, x, Learned(matrix, np.eye(2))) for trial, form in forms.items()}
    known[3] = untold(silent.graph(x), silent.predict(matrix).mean(axis=0), 2)
    return known, {**{t: f.predict(matrix) for t, f in forms.items()}, 3: silent.predict(matrix)}, (x, matrix)


def through(told: Explained, at) -> tuple[Array, Array]:
    x, matrix = at
    out = Session(compiled({"x": x}, {"said": told.said, "parts": told.parts})).run({"x": matrix})
    return out["said"], out["parts"]


def test_blend_and_calibration_keep_the_sum() -> None:
    known, says, at = members(np.random.default_rng(1))
    told = calibrated(blended({t: known[t] for t in (1, 2)}, {1: 0.3, 2: 0.7}), 1.7)
    said, amounts = through(told, at)
    expected = calibration.calibrated(0.3 * says[1] + 0.7 * says[2], 1.7)
    assert said == pytest.approx(expected, abs=1e-12)
    assert told.base + amounts.sum(axis=2) == pytest.approx(said, abs=EXACT)


def test_a_silent_member_leaves_its_share_over_and_no_more() -> None:
    known, says, at = members(np.random.default_rng(2))
    told = blended(known, {1: 0.5, 3: 0.5})
    said, amounts = through(told, at)
    left = said - told.base - amounts.sum(axis=2)
    assert left == pytest.approx(0.5 * (says[3] - says[3].mean(axis=0)), abs=1e-12)


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_the_second_layer_keeps_the_sum(task) -> None:
    rng = np.random.default_rng(3)
    known, says, at = members(rng)
    if task == "regression":
        last = np.array([1])
        known = {
            t: Explained(
                op.gather(e.said, const([1], np.int64), axis=1),
                e.base[last],
                op.gather(e.parts, const([1], np.int64), axis=1),
            )
            for t, e in known.items()
        }
        says = {t: s[:, last] for t, s in says.items()}
    y = (says[1][:, -1] + 0.3 * rng.normal(size=200) > 0.5).astype(np.int64 if task == "binary" else float)
    stack = fit_stack({t: says[t] for t in (1, 2)}, y, task, 2 if task == "binary" else 1)
    told = stacked(known, stack)
    said, amounts = through(told, at)
    assert said == pytest.approx(stack.predict(says), abs=1e-12)
    assert told.base + amounts.sum(axis=2) == pytest.approx(said, abs=EXACT)
    with pytest.raises(Untold, match="second layer"):
        stacked(
            known, replace(stack, form=fitted(parts.make("ninefold.learners", "baseline"), mixed("binary", "plain")))
        )


def test_shares_of_the_raw_columns_are_found_by_trying() -> None:
    rng = np.random.default_rng(4)
    rows = 400
    port = np.array(["a"] * 200 + ["b"] * 199 + ["rare"], object)
    table = {"x": rng.normal(size=rows), "z": rng.normal(size=rows), "port": port}
    table["x"][7] = np.nan
    columns = {
        "x": Column(name="x", kind="number"),
        "z": Column(name="z", kind="number"),
        "port": Column(name="port", kind="category"),
    }
    recipe = Recipe(
        "scaled",
        (
            Branch(
                ("x", "z"), (StepSpec("ninefold.prepare.steps", "fill"), StepSpec("ninefold.features.steps", "scale"))
            ),
            Branch(("port",), (StepSpec("ninefold.features.steps", "one_hot", {"least": 1}),)),
            Branch(
                ("x", "z"),
                (
                    StepSpec("ninefold.prepare.steps", "fill", {"indicator": False}),
                    StepSpec("ninefold.features.steps", "pca"),
                ),
            ),
        ),
    )
    fitting = fit_recipe(recipe, columns, Rows(table, np.zeros(rows)), Known(np.zeros(rows), "regression", 1), rng)
    view = Session(fitting.recipe.compiled())
    shares = dict(zip(fitting.recipe.names, lineage(view, table, Clock(), rng).tolist(), strict=True))
    assert view.inputs == ("x", "z", "port")
    assert shares["x"] == [1, 0, 0]
    assert shares["x missing"] == [1, 0, 0]
    assert shares["port=rare"] == [0, 0, 1]
    assert shares["component 1"] == [0.5, 0.5, 0]
    with pytest.raises(Untold):
        lineage(view, table, Clock(0.0), rng)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression", "multilabel", "quantile"])
def test_the_method_says_base_parts_and_what_is_not_told(task: str, tmp_path: Path) -> None:
    bundle = read_bundle(bundles.write(tmp_path / "bundle", task, background=4))
    made = explain_one(bundle, None, Question("contributions")).explanation
    for account in made.accounts:
        assert account.base == 0.25
        assert account.contributions[0].amount == pytest.approx(account.value - 0.25, abs=1e-12)
        assert not any(part.amount for part in account.contributions[1:])
    assert any("75%" in note for note in made.notes)
    assert not any("belongs to no column" in note for note in made.notes)


def test_a_split_of_another_training_is_refused(tmp_path: Path) -> None:
    bundle = read_bundle(bundles.write(tmp_path / "bundle", background=4))
    with pytest.raises(BundleError, match="contributions does not fit"):
        explain_one(replace(bundle, contributions=bundle.graph), None, Question("contributions"))
