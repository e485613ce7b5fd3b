"""Audits: what must not be learned from is found and said; honest columns stay."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from ninefold.core.book import Context
from ninefold.core.clock import Clock
from ninefold.core.errors import ColumnError
from ninefold.core.journal import Journal
from ninefold.core.problem import Budget, Problem, Validation
from ninefold.core.recipe import Preparation
from ninefold.core.table import Array, Dataset, Rows, Sealed, write_rows
from ninefold.prepare.stage import prepare
from ninefold.prepare.view import view
from ninefold_runtime.schema import Column, Kind, Task

ROWS = 600


def no_crew() -> object:
    raise AssertionError("preparation fits nothing")


def prepared(
    tmp_path: Path, columns: dict[str, tuple[Kind, Array]], y: Array, task: Task = "binary", **wishes: tuple[str, ...]
) -> Preparation:
    problem = Problem(
        source="", target="y", task=task, task_why="", classes=("no", "yes") if task == "binary" else (), positive=None,
        metric="roc_auc", metric_why="", validation=Validation("kfold", 5), budget=Budget(), seed=0, holdout=0.2,
        **wishes,
    )  # fmt: skip
    write_rows(Rows({name: values for name, (_, values) in columns.items()}, y), tmp_path / "train.parquet")
    kinds = tuple(
        Column(name=name, kind=kind, missing=float(np.isnan(values).mean()) if values.dtype.kind == "f" else 0.0)
        for name, (kind, values) in columns.items()
    )
    sealed = Sealed(tmp_path / "none.parquet", tuple(columns), 0)
    dataset = Dataset(kinds, tmp_path / "train.parquet", len(y), sealed, "", "", "")
    run = Context(
        3, tmp_path, tmp_path, Clock(), Journal(tmp_path / "j"), lambda event: None, no_crew, threading.Event()
    )
    return prepare(problem, dataset, context=run)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def honest(rng: np.random.Generator) -> tuple[dict[str, tuple[Kind, Array]], Array]:
    y = rng.integers(0, 2, ROWS)
    return {
        "age": ("number", rng.normal(size=ROWS) + y),
        "colour": ("category", rng.choice(np.array(["red", "blue"], object), ROWS)),
        "noise": ("number", rng.normal(size=ROWS)),
    }, y


def codes(preparation: Preparation) -> dict[str, str]:
    return {audit.column: audit.code for audit in preparation.left_out}


def test_honest_columns_stay(tmp_path: Path, honest: tuple[dict[str, tuple[Kind, Array]], Array]) -> None:
    preparation = prepared(tmp_path, *honest)
    assert preparation.columns == ("age", "colour", "noise")
    assert preparation.left_out == ()


def test_the_column_with_the_most_gaps_is_not_called_mostly_empty(
    tmp_path: Path, rng: np.random.Generator, honest: tuple[dict[str, tuple[Kind, Array]], Array]
) -> None:
    columns, y = honest
    gaps = np.where(rng.random(ROWS) < 0.02, np.nan, rng.normal(size=ROWS))
    section = view(prepared(tmp_path, columns | {"gaps": ("number", gaps)}, y))
    assert section.sentence == "gaps in 1 column"
    assert section.figures[0].title == "gaps has the most gaps."


def test_a_copy_of_the_target_is_left_out_and_said(
    tmp_path: Path, honest: tuple[dict[str, tuple[Kind, Array]], Array]
) -> None:
    columns, y = honest
    alive = np.array(["no", "yes"], object)[y]
    preparation = prepared(tmp_path, columns | {"alive": ("category", alive)}, y)
    assert codes(preparation) == {"alive": "NF303"}
    finding = view(preparation).findings[0]
    assert (finding.level, finding.columns) == ("serious", ("alive",))
    assert "--keep alive" in finding.action


def test_a_column_filled_in_after_the_event_is_left_out(
    tmp_path: Path, rng: np.random.Generator, honest: tuple[dict[str, tuple[Kind, Array]], Array]
) -> None:
    columns, y = honest
    boat = np.where((y == 1) & (rng.random(ROWS) < 0.96), rng.integers(1, 20, ROWS), np.nan).astype(float)
    assert codes(prepared(tmp_path, columns | {"boat": ("number", boat)}, y)) == {"boat": "NF304"}


def test_one_honest_column_among_noise_is_no_leak(tmp_path: Path, rng: np.random.Generator) -> None:
    y = rng.integers(0, 2, ROWS)
    columns: dict[str, tuple[Kind, Array]] = {
        "tells": ("number", rng.normal(size=ROWS) + 2.7 * y),
        "noise": ("number", rng.normal(size=ROWS)),
    }
    assert prepared(tmp_path, columns, y).left_out == ()


def test_keep_overrules(tmp_path: Path, honest: tuple[dict[str, tuple[Kind, Array]], Array]) -> None:
    columns, y = honest
    alive = np.array(["no", "yes"], object)[y]
    preparation = prepared(tmp_path, columns | {"alive": ("category", alive)}, y, keep=("alive",))
    assert "alive" in preparation.columns


def test_several_strong_honest_columns_are_no_leak(tmp_path: Path, rng: np.random.Generator) -> None:
    y = rng.integers(0, 2, ROWS)
    columns: dict[str, tuple[Kind, Array]] = {f"c{i}": ("number", rng.normal(size=ROWS) + 2.4 * y) for i in range(4)}
    assert prepared(tmp_path, columns, y).left_out == ()


def test_a_copied_value_in_regression_is_left_out(tmp_path: Path, rng: np.random.Generator) -> None:
    y = rng.normal(size=ROWS)
    columns: dict[str, tuple[Kind, Array]] = {
        "celsius": ("number", y * 1.8 + 32),
        "honest": ("number", y + rng.normal(size=ROWS)),
    }
    assert codes(prepared(tmp_path, columns, y, "regression")) == {"celsius": "NF303"}


def test_useless_columns_are_left_out(
    tmp_path: Path, rng: np.random.Generator, honest: tuple[dict[str, tuple[Kind, Array]], Array]
) -> None:
    columns, y = honest
    columns |= {
        "key": ("id", np.array([f"k{i}" for i in range(ROWS)], object)),
        "same": ("constant", np.full(ROWS, "x", object)),
        "renamed": ("category", np.where(columns["colour"][1] == "red", "rot", "blau").astype(object)),
        "empty": ("number", np.where(rng.random(ROWS) < 0.98, np.nan, 1.0)),
    }
    found = codes(prepared(tmp_path, columns, y))
    assert found == {"same": "NF301", "key": "NF302", "empty": "NF305", "renamed": "NF306"}


def test_nothing_left_is_an_error(tmp_path: Path) -> None:
    columns: dict[str, tuple[Kind, Array]] = {"same": ("constant", np.full(10, "x", object))}
    with pytest.raises(ColumnError, match="no column is left"):
        prepared(tmp_path, columns, np.arange(10) % 2)
