"""The runtime's predictions: one row, many rows, and what is noted about them."""

from __future__ import annotations

import datetime
import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import bundles
import ninefold_runtime
from ninefold_runtime import wire
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.errors import TableError
from ninefold_runtime.loaded import load
from ninefold_runtime.model import CHUNK, Model
from ninefold_runtime.reader import reader
from ninefold_runtime.write import as_csv

TASKS = ("binary", "multiclass", "regression")
ODD = (
    *(None, "", " ", "NA", "?", "nan", math.nan, math.inf, -math.inf, 0, -0.0, 1, 3.0, 3.5, 10**400, 2**60, True),
    *(False, "yes", "0", "1.234,5", "1,234.5", "12", "1e3", "abc", "Southampton", " Southampton ", "southampton"),
    *("2024-05-01", "2024-05-01T10:00:00+02:00", "31.12.2024", datetime.date(2024, 5, 1), [1], {"a": 1}, b"x"),
    *(
        datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC),
        np.float64(2.5),
        np.int64(4),
        np.bool_(True),
        "ß\u0000\u202f",
    ),
)


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    return {task: Model(bundles.graph(task), bundles.schema(task)) for task in TASKS}


def rows_of(table: dict[str, list[object]]) -> list[dict[str, object]]:
    return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_data_frames_are_read_by_column(models: dict[str, Model], library: str) -> None:
    table = bundles.table(40)
    frame = pytest.importorskip(library).DataFrame(table)
    assert models["binary"].predict(frame).predictions.tolist() == models["binary"].predict(table).predictions.tolist()


@pytest.mark.parametrize("task", TASKS)
def test_one_row_many_rows_and_columns_agree(models: dict[str, Model], task: str) -> None:
    table = bundles.table(40)
    by_columns, by_rows = models[task].predict(table), models[task].predict(rows_of(table))
    ones = [models[task].predict_one(row) for row in rows_of(table)]
    assert by_columns.predictions.tolist() == by_rows.predictions.tolist()
    if task == "regression":
        assert np.allclose([one.prediction for one in ones], by_columns.predictions, atol=1e-12)
    else:
        assert [one.prediction for one in ones] == by_columns.predictions.tolist()
        given = [list((one.probabilities or {}).values()) for one in ones]
        assert np.allclose(given, by_columns.probabilities, atol=1e-12)
    assert len(set(by_columns.predictions.tolist())) > 1


@pytest.mark.parametrize("column", bundles.COLUMNS, ids=lambda column: column.name)
def test_the_fast_reading_is_the_careful_one(column: bundles.Column) -> None:
    read = reader(column)
    for value in ODD:
        slot = np.zeros(1, wire.DTYPE[column.wire])
        slot[0] = read(value, [])
        careful = wire.cells(column, [value])
        assert slot[0] == careful[0] or (math.isnan(slot[0]) and math.isnan(careful[0])), value


@pytest.mark.parametrize("name", [column.name for column in bundles.COLUMNS])
def test_one_row_is_noted_like_many(models: dict[str, Model], name: str) -> None:
    for value in ODD:
        row = rows_of(bundles.table(1, seed=5))[0] | {name: value}
        one, many = models["binary"].predict_one(row), models["binary"].predict([row])
        assert [(n.kind, n.column) for n in one.notes] == [(n.kind, n.column) for n in many.notes], value


def test_names_that_do_not_fit_are_noted_with_suggestions(models: dict[str, Model]) -> None:
    row = rows_of(bundles.table(1))[0]
    row["aeg"] = row.pop("age")
    row |= {"ticket": "A 5", "outcome": "yes"}
    notes = {(note.kind, note.column): note for note in models["binary"].predict_one(row).notes}
    assert set(notes) == {("missing column", "age"), ("unknown column", "aeg")}
    assert notes["unknown column", "aeg"].suggestions == ("age",)


def test_unseen_and_unreadable_values_are_counted(models: dict[str, Model]) -> None:
    table = bundles.table(10)
    table["port"][:3] = ["Nowhere"] * 3
    table["age"][:2] = ["old", "young"]
    notes = {note.kind: note for note in models["binary"].predict(table).notes}
    assert (notes["unseen category"].column, notes["unseen category"].rows) == ("port", 3)
    assert (notes["unreadable value"].column, notes["unreadable value"].rows) == ("age", 2)


def test_chunks_change_nothing(models: dict[str, Model]) -> None:
    table = bundles.table(2 * CHUNK + 3)
    whole = models["multiclass"].predict(table)
    last = models["multiclass"].predict({name: values[-3:] for name, values in table.items()})
    assert len(whole) == 2 * CHUNK + 3
    assert whole.predictions[-3:].tolist() == last.predictions.tolist()


@pytest.mark.parametrize("task", TASKS)
def test_no_rows_give_no_predictions(models: dict[str, Model], task: str) -> None:
    made = models[task].predict({name: [] for name in bundles.table(1)})
    assert len(made) == 0
    assert len(as_csv(made).splitlines()) == 1


def test_an_empty_row_is_a_row_without_values(models: dict[str, Model]) -> None:
    assert len(models["binary"].predict([{}, {}])) == 2


def test_uneven_columns_are_refused(models: dict[str, Model]) -> None:
    with pytest.raises(TableError, match="differ in length"):
        models["binary"].predict({"age": [1], "port": ["Southampton", None]})


def test_threads_do_not_mix_rows_up(models: dict[str, Model]) -> None:
    rows = rows_of(bundles.table(200))
    model = models["regression"]
    alone = [model.predict_one(row).prediction for row in rows]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda row: model.predict_one(row).prediction, rows * 5)) == alone * 5


def test_csv_has_a_column_per_class(models: dict[str, Model]) -> None:
    made = models["multiclass"].predict(bundles.table(4))
    head, *lines = as_csv(made).splitlines()
    assert head == "prediction,probability:high,probability:low,probability:middle"
    assert [line.split(",")[0] for line in lines] == made.predictions.tolist()
    assert sum(float(part) for part in lines[0].split(",")[1:]) == pytest.approx(1)


def test_load_reads_a_bundle(tmp_path: Path) -> None:
    folder = bundles.write(tmp_path / "bundle")
    row = rows_of(bundles.table(1))[0]
    assert ninefold_runtime.load(folder).predict_one(row) == load(folder).predict_one(row)
    assert read_bundle(folder).schema == bundles.schema("binary")


def test_light_imports_stay_light() -> None:
    light = "import sys, ninefold_runtime, ninefold_runtime.schema, ninefold_runtime.wire, ninefold_runtime.bundle"
    code = f"{light}; print(*(m for m in ('onnxruntime', 'uvicorn', 'polars', 'onnx') if m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == ""


def test_onnx_runtime_keeps_and_sends_nothing_of_its_own(tmp_path: Path) -> None:
    """It would leave an identifier of the machine, and events for its makers, in the user's home."""
    bundle, home = bundles.write(tmp_path / "bundle"), tmp_path / "home"
    home.mkdir()
    code = f"import ninefold_runtime; ninefold_runtime.load({str(bundle)!r}).predict_one({{}})"
    ours = {
        name: value for name, value in os.environ.items() if name not in {"ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME"}
    }
    subprocess.run([sys.executable, "-c", code], env=ours | {"HOME": str(home)}, check=True)
    assert list(home.rglob("*")) == []


def test_the_runtime_needs_nothing_of_training() -> None:
    modules = ["model", "serve", "watch", "cli", "table", "app"]
    code = (
        "import sys, importlib\n"
        f"for name in {modules}: importlib.import_module('ninefold_runtime.' + name)\n"
        "print(*(m for m in ('ninefold', 'polars', 'onnx', 'spox', 'scipy', 'sklearn') if m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == ""
