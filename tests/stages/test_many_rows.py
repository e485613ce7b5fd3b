"""What keeps memory and time within bounds where rows are many: the same answers, from less."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rooms import collected, context, looked_at

from ninefold.collect.affordable import affordable
from ninefold.collect.stage import collect
from ninefold.core.problem import Budget, Problem, Validation
from ninefold.core.protocols import Known
from ninefold.core.recipe import Branch, Preparation, Recipe, StepSpec
from ninefold.core.table import Array, Dataset, Rows, read_rows, write_rows
from ninefold.features.stage import FEWEST_LEVELS, LEVELS, engineer
from ninefold.forms import onnx
from ninefold.forms.recipe import fit_recipe
from ninefold.prepare.fingerprint import fingerprint
from ninefold.problem.stage import define
from ninefold_runtime.schema import Column


def words(*cells: str) -> Array:
    return np.array(cells, object)


def test_equal_strings_are_one_object_and_read_as_written(tmp_path: Path) -> None:
    column = words("north", "", "süd", "north", "süd", "")
    write_rows(Rows({"place": column}, np.zeros(6)), tmp_path / "rows.parquet")
    read = read_rows(tmp_path / "rows.parquet", ("place",)).columns["place"]
    assert read.tolist() == column.tolist()
    assert read[0] is read[3]
    assert len({id(cell) for cell in read}) == 3


def test_the_source_is_let_go_of_and_read_again_when_asked(tmp_path: Path) -> None:
    pl.DataFrame({"a": range(40), "y": ["no", "yes"] * 20}).write_csv(tmp_path / "table.csv")
    source, seen, asked = looked_at(tmp_path / "table.csv", target="y")
    problem = define(seen, asked, context=context(tmp_path))
    collect(source, problem, seen, context=context(tmp_path))
    assert "table" not in vars(source)
    assert source.frame.height == 40


def test_steps_come_out_the_same_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    rows = Rows({"place": rng.choice(words("a", "b", "c", ""), 50)}, rng.integers(0, 2, 50))
    branch = Branch(("place",), (StepSpec("ninefold.features.steps", "one_hot"),))

    def matrix() -> Array:
        known, columns = Known(rows.target, "binary", 2), {"place": Column(name="place", kind="category")}
        return fit_recipe(Recipe("scaled", (branch,)), columns, rows, known, np.random.default_rng(0)).matrix

    whole = matrix()
    monkeypatch.setattr(onnx, "MOST_ROWS", 7)
    np.testing.assert_array_equal(matrix(), whole)


@pytest.mark.parametrize(("rows", "most"), [(1_000, LEVELS), (10_000_000, 10), (10**9, FEWEST_LEVELS)])
def test_categories_get_fewer_columns_where_rows_are_very_many(rows: int, most: int, tmp_path: Path) -> None:
    frame = {name: ["a", "b", "c", "d"] * 20 for name in ("one", "two")}
    problem, dataset = collected(
        pl.DataFrame(frame | {"y": ["no", "no", "yes"] * 26 + ["no", "yes"]}), tmp_path, target="y"
    )
    assert _most(problem, dataclasses.replace(dataset, train_rows=rows), tmp_path) == most


def _most(problem: Problem, dataset: Dataset, folder: Path) -> object:
    features = engineer(
        problem,
        dataset,
        Preparation(("one", "two"), (), (StepSpec("ninefold.prepare.steps", "fill"),)),
        context=context(folder),
    )
    (step,) = [s for b in features.recipe("scaled").branches for s in b.steps if s.name == "one_hot"]
    return step.settings["most"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (words("a", "b", "a", "a"), words("x", "y", "x", "x"), True),
        (words("a", "b", "a", "a"), words("x", "x", "y", "x"), False),
        (words("a", "b", "a", "a"), np.array([3.0, 1.0, 3.0, 3.0]), True),
        (words("a", "b", "c", "d"), words("a", "b", "c", "d"), True),
        (words("a", "b", "c", "d"), words("w", "x", "y", "z"), False),
        (words("ab", "c", "d", "e"), words("a", "bc", "d", "e"), False),
        (np.array([1.0, 2.0, 4.0, np.nan]), np.array([10.0, 20.0, 40.0, np.nan]), True),
        (np.array([1.0, 2.0, 4.0, np.nan]), np.array([1.0, 2.0, np.nan, 4.0]), False),
        (np.array([5, 6, 7, 8]), np.array([5, 6, 7, 9]), False),
        (np.array([1e300, 2e300, 5e299, 3e300]), np.array([3e300, 2e300, 5e299, 1e300]), False),
    ],
)
def test_columns_that_say_the_same_have_onefingerprint(one: Array, other: Array, same: bool) -> None:
    assert (fingerprint(one) == fingerprint(other)) == same


def test_a_budget_bounds_the_rows_that_are_learned_from() -> None:
    def asked(seconds: float | None) -> Problem:
        return dataclasses.replace(PLAIN, budget=Budget(seconds, None if seconds else 10))

    rows = np.arange(10_000_000)
    minute, hour, work = (affordable(rows, None, 20, asked(seconds)) for seconds in (60.0, 3600.0, None))
    assert (len(minute), len(hour), len(work)) == (150_000, 3_000_000, 3_000_000)
    assert (np.diff(minute) > 0).all()
    assert np.array_equal(minute, affordable(rows, None, 20, asked(60.0)))
    few = np.arange(5, 40_000)
    assert affordable(few, None, 5_000, asked(10.0)) is few
    latest = affordable(rows, rows[::-1], 20, asked(60.0))
    assert latest.tolist() == list(range(150_000))


PLAIN = Problem(
    source="", target="y", task="regression", task_why="", classes=(), positive=None, metric="rmse", metric_why="",
    validation=Validation("kfold", 5), budget=Budget(), seed=0, holdout=0.2,
)  # fmt: skip
