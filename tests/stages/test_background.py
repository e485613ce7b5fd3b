"""Made-up rows: they stand for the training rows and are none of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ninefold.core.problem import Budget, Problem, Validation
from ninefold.core.table import Array, Dataset, Rows, Sealed, write_rows
from ninefold.metrics._alike import axes
from ninefold.train.cells import split
from ninefold.train.prototypes import LEAST, MOST, no_ones, prototypes
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import NO_TIME, absent

COLUMNS = (
    Column(name="income", kind="number"),
    Column(name="children", kind="number"),
    Column(name="member", kind="boolean"),
    Column(name="town", kind="category", levels=("Ulm", "Bonn"), distinct=40),
    Column(name="born", kind="datetime"),
    Column(name="remark", kind="text"),
    Column(name="ticket", kind="id"),
)
NAMES = tuple(column.name for column in COLUMNS)
RARE = "Atlantis"
DAY = 86_400_000_000


def table(rows: int, rng: np.random.Generator) -> dict[str, Array]:
    columns: dict[str, Array] = {
        "income": rng.lognormal(10, 1, rows),
        "children": rng.poisson(1.5, rows).astype(float),
        "member": (rng.random(rows) < 0.3).astype(float),
        "town": rng.choice(np.array(["Ulm", "Bonn", ""], object), rows, p=[0.6, 0.3, 0.1]),
        "born": rng.integers(0, 10_000, rows) * DAY,
        "remark": np.array([f"remark of person {i}" for i in range(rows)], object),
        "ticket": np.array([f"T{i}" for i in range(rows)], object),
    }
    columns["income"][rng.random(rows) < 0.2] = np.nan
    columns["born"][rng.random(rows) < 0.2] = NO_TIME
    columns["town"][:3] = RARE
    return columns


def problem(**more: Any) -> Problem:
    said = {
        "source": "", "target": "y", "task": "binary", "task_why": "", "classes": ("no", "yes"), "positive": "yes",
        "metric": "roc_auc", "metric_why": "", "validation": Validation("kfold", 5), "budget": Budget(), "seed": 0,
        "holdout": 0.2,
    }  # fmt: skip
    return Problem(**(said | more))


def dataset(folder: Path, columns: dict[str, Array], target: Array, kinds: tuple[Column, ...] = COLUMNS) -> Dataset:
    write_rows(Rows(columns, target), folder / "train.parquet")
    sealed = Sealed(folder / "sealed.parquet", tuple(columns), 0)
    return Dataset(kinds, folder / "train.parquet", len(target), sealed, "table", "", "")


@pytest.fixture
def people(tmp_path: Path) -> Dataset:
    rng = np.random.default_rng(0)
    return dataset(tmp_path, table(3000, rng), (rng.random(3000) < 0.1).astype(np.int64))


def test_no_made_up_row_nor_any_telling_cell_is_a_training_rows(people: Dataset) -> None:
    made = prototypes(problem(), people, NAMES)
    assert made is not None
    rows, columns = people.rows.columns, made.columns
    assert RARE not in columns["town"]
    assert set(columns["remark"]) | set(columns["ticket"]) == {None}
    assert not set(columns["income"]) - {None} & set(rows["income"].tolist())
    true = set(zip(*(rows[name].tolist() for name in NAMES[:5]), strict=True))
    assert not true & set(zip(*(columns[name] for name in NAMES[:5]), strict=True))


def test_made_up_rows_are_like_the_training_rows(people: Dataset) -> None:
    made = prototypes(problem(), people, NAMES)
    assert made is not None
    assert 100 <= len(made.weights) <= MOST
    assert sum(made.weights) == pytest.approx(1)
    schema_like = {name: np.array(made.columns[name], object) for name in NAMES}
    weights, rows = np.array(made.weights), people.rows.columns
    missing = np.array([value is None for value in schema_like["income"]])
    assert weights @ missing == pytest.approx(absent(rows["income"]).mean(), abs=0.1)
    assert weights @ (schema_like["town"] == "Ulm") == pytest.approx((rows["town"] == "Ulm").mean(), abs=0.1)
    assert weights @ schema_like["children"].astype(float) == pytest.approx(rows["children"].mean(), rel=0.1)
    assert all(value % 1 == 0 for value in made.columns["children"])
    assert all(value is None or (isinstance(value, int) and value % DAY == 0) for value in made.columns["born"])
    assert set(made.columns["member"]) == {0.0, 1.0}


def test_the_same_seed_makes_the_same_rows(people: Dataset) -> None:
    first, same = (prototypes(problem(), people, NAMES) for _ in range(2))
    assert first == same
    assert prototypes(problem(seed=1), people, NAMES) != first


def test_every_class_has_its_share(people: Dataset) -> None:
    """With the target among the columns: 10 % of the weight is of the rarer class, drawn from its rows alone."""
    columns = {**people.rows.columns, "copy": people.rows.target.astype(float)}
    copied = dataset(
        people.train_path.parent, columns, people.rows.target, (*COLUMNS, Column(name="copy", kind="number"))
    )
    made = prototypes(problem(), copied, (*NAMES, "copy"))
    assert made is not None
    assert set(made.columns["copy"]) == {0.0, 1.0}
    share = np.array(made.weights) @ np.array(made.columns["copy"], float)
    assert share == pytest.approx(people.rows.target.mean(), abs=1e-9)


@pytest.mark.parametrize("rows", [1, 4, 30])
def test_few_rows_make_few_or_none(rows: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    made = prototypes(problem(), dataset(tmp_path, table(rows, rng), np.arange(rows) % 2), NAMES)
    assert made is None or len(made.weights) <= max(rows // LEAST, 1)


def test_values_and_several_targets_are_put_into_bands(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    for target in (rng.normal(size=500), rng.normal(size=(500, 2)), np.zeros(500)):
        asked = problem(task="regression", classes=(), positive=None)
        made = prototypes(asked, dataset(tmp_path, table(500, rng), target), NAMES)
        assert made is not None
        assert len(made.weights) > 20


def test_more_classes_than_rows_may_be_made(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    classes = tuple(str(i) for i in range(300))
    asked = problem(task="multiclass", classes=classes, positive=None)
    made = prototypes(asked, dataset(tmp_path, table(3000, rng), np.arange(3000) % 300), NAMES)
    assert made is not None
    assert len(made.weights) <= MOST


def test_a_combination_is_dropped_if_few_have_it_and_kept_if_many_do() -> None:
    rows = {
        "a": np.array([1.0, 1.0, 1.0, 1.0, 1.0, 2.0, np.nan]),
        "b": np.array(["x", "x", "x", "x", "x", "x", ""], object),
    }
    made = {"a": np.array([1.0, 2.0, np.nan, 2.0]), "b": np.array(["x", "x", "", "y"], object)}
    np.testing.assert_array_equal(no_ones(made, rows), [False, True, True, False])


def test_groups_are_large_enough_and_keep_within_their_stratum() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(200, 3))
    strata = [np.arange(150), np.arange(150, 200)]
    groups = split(x, strata, 30, 5)
    assert len(groups) == 30
    assert min(map(len, groups)) >= 5
    assert sorted(np.concatenate(groups).tolist()) == list(range(200))
    assert all((group < 150).all() or (group >= 150).all() for group in groups)
    spread = np.mean([x[group].var(axis=0).sum() for group in groups])
    assert spread < 0.5 * x.var(axis=0).sum()


def test_columns_that_do_not_vary_have_no_axis() -> None:
    assert axes([COLUMNS[0]], [np.ones(5)]).shape == (5, 0)
    assert [len(group) for group in split(np.zeros((50, 0)), [np.arange(50)], 10, 5)] == [50]
