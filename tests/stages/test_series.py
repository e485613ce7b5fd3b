"""Tables of moments become tables of series: the same in training and in the runtime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from rooms import collected, looked_at, problem_of

from ninefold.collect.reshaped import reshaped
from ninefold.collect.source import open_source
from ninefold.core.errors import ColumnError, NinefoldError, WishError
from ninefold.core.problem import Problem, Wishes
from ninefold.core.table import Dataset
from ninefold_runtime.errors import TableError
from ninefold_runtime.folding import folded, is_long, series_named
from ninefold_runtime.intake import columns_of
from ninefold_runtime.schema import Schema, Target
from ninefold_runtime.wire import from_columns


def sensors(series: int = 24, **more: Any) -> dict[str, list[Any]]:
    """Moments of all series, mixed: x and y vary, place does not; on is yes or no; lengths are 5 to 9."""
    rng = np.random.default_rng(0)
    rows = []
    for number in range(series):
        for t in range(5 + number % 5):
            word = "yes" if (number + t) % 2 else "no"
            place = "north" if number % 4 else "south"
            rows.append((f"s{number}", t, 10.0 * number + t, float(rng.normal()), word, place, "ab"[number % 2]))
    rows = [rows[i] for i in rng.permutation(len(rows))]
    names = ("id", "t", "x", "y", "on", "place", "kind")
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)} | more


def schema_of(problem: Problem, dataset: Dataset) -> Schema:
    target = Target(name=problem.target, task=problem.task, classes=problem.classes)
    return Schema(columns=dataset.columns, target=target, folding=problem.folding)


def test_moments_become_series(tmp_path: Path) -> None:
    problem, dataset = collected(sensors(), tmp_path, target="kind", series="id", time="t")
    kinds = {column.name: (column.kind, column.shape) for column in dataset.columns}
    assert kinds == {
        "x": ("series", (9,)),
        "y": ("series", (9,)),
        "on": ("series", (9,)),
        "place": ("category", ()),
    }
    assert dataset.train_rows + dataset.sealed.rows == 24
    assert problem.time is None
    assert dataset.refused["id"].startswith("says which rows are of one series")
    x = next(column for column in dataset.columns if column.name == "x")
    assert x.minimum is not None and x.maximum is not None and isinstance(x.example, tuple)
    assert len(x.example) == 9 and all(x.minimum <= step <= x.maximum for step in x.example)
    assert dataset.refused["t"] == "says when"
    for row in dataset.rows.columns["x"]:
        there = row[~np.isnan(row)]
        start = there[0]
        assert start % 10 == 0
        assert there.tolist() == [start + t for t in range(5 + int(start / 10) % 5)]  # in order, the end is NaN
        assert np.isnan(row[len(there) :]).all()
    assert set(np.unique(dataset.rows.columns["on"][:, :5])) == {0.0, 1.0}


def test_serving_folds_as_training_does(tmp_path: Path) -> None:
    """Cell for cell, whatever the order of the rows, and so does a table that comes as text."""
    table = sensors()
    problem, dataset = collected(table, tmp_path, target="kind", series="id", time="t")
    schema = schema_of(problem, dataset)
    as_text = {name: [str(value) for value in values] for name, values in table.items()}
    parts = [dataset.rows.columns, dataset.sealed.open().columns]
    trained = by_start({name: np.concatenate([part[name] for part in parts]) for name in dataset.names})
    for given in (table, as_text, pl.DataFrame(table)):
        columns = columns_of(schema, given)
        ids = series_named(schema, columns)["id"]
        assert list(ids) == list(dict.fromkeys(table["id"]))
        served = by_start(from_columns(schema, columns, len(ids)).arrays)
        for name, values in trained.items():
            np.testing.assert_array_equal(served[name], values)


def by_start(columns: dict[str, Any]) -> dict[str, Any]:
    """The rows in the order in which x begins, which differs from series to series."""
    order = np.argsort(columns["x"][:, 0])
    return {name: values[order] for name, values in columns.items()}


def test_a_table_that_is_folded_already_stays(tmp_path: Path) -> None:
    problem, dataset = collected(sensors(), tmp_path, target="kind", series="id", time="t")
    schema = schema_of(problem, dataset)
    once = folded(schema, sensors())
    assert not is_long(schema, once)
    assert folded(schema, once) is once
    assert not is_long(schema, {"x": ["[1, 2]"], "id": ["a"]})
    for table in ({"x": ["[1, 2]", ""]}, {"x": ["", None]}, {}):
        assert folded(schema, table) is table
    with pytest.raises(TableError, match='rows are moments, and there is no column "id"'):
        folded(schema, {"x": ["", "0.5"]})


def test_the_time_puts_in_order_whatever_is_its_kind(tmp_path: Path) -> None:
    days = {"t": [f"2024-01-{1 + t:02d}" for t in sensors()["t"]]}
    _, numbered = collected(sensors(), tmp_path, target="kind", series="id", time="t")
    (tmp_path / "dates").mkdir()
    _, dated = collected(sensors() | days, tmp_path / "dates", target="kind", series="id", time="t")
    np.testing.assert_array_equal(numbered.rows.columns["x"], dated.rows.columns["x"])


def test_windows_of_one_series_stay_together(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    walk = {
        "who": np.repeat(["anna", "bert", "cleo", "dora", "emil"], 40).tolist(),
        "t": list(range(40)) * 5,
        "x": rng.normal(size=200).tolist(),
        "doing": (["walk"] * 20 + ["run"] * 20) * 5,
    }
    problem, dataset = collected(walk, tmp_path, target="doing", series="who", time="t", window=8, step=4)
    assert (problem.group, problem.validation.scheme) == ("who", "group")
    assert {column.name: column.shape for column in dataset.columns} == {"x": (8,)}
    assert dataset.train_rows + dataset.sealed.rows == 5 * 8  # of 9 windows one has both targets
    assert "5 windows in which the target changes: left out" in dataset.notes
    learnt, held = dataset.rows.groups, dataset.sealed.open().groups
    assert learnt is not None
    assert held is not None
    assert not set(learnt) & set(held)


def test_lists_are_series(tmp_path: Path) -> None:
    """Lists of Parquet, and JSON arrays in text."""
    rng = np.random.default_rng(2)
    lists = [rng.normal(size=6 + i % 3).round(3).tolist() for i in range(40)]
    frame = pl.DataFrame({"x": lists, "y": [i % 2 for i in range(40)]})
    path = tmp_path / "lists.parquet"
    frame.write_parquet(path)
    text = tmp_path / "lists.csv"
    pl.DataFrame({"x": [str(each) for each in lists], "y": frame["y"]}).write_csv(text)
    found = []
    for place, source in enumerate((path, text)):
        (tmp_path / str(place)).mkdir()
        _, dataset = collected(source, tmp_path / str(place), target="y")
        assert [(column.kind, column.shape) for column in dataset.columns] == [("series", (8,))]
        found.append(dataset.rows.columns["x"])
    np.testing.assert_array_equal(found[0], found[1])


@pytest.mark.parametrize(
    ("wishes", "code", "hint"),
    [
        ({"target": "x", "series": "id", "time": "t"}, "NF-E220", "--window"),
        ({"target": "kind", "series": "idd", "time": "t"}, "NF-E201", "did you mean"),
        ({"target": "kind", "series": "place", "time": "tt"}, "NF-E201", "did you mean"),
        ({"target": "kind", "window": 5}, "NF-E360", "--series"),
        ({"target": "kind", "series": "id", "time": "t", "step": 5}, "NF-E360", "--window"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, wishes: dict[str, Any], code: str, hint: str) -> None:
    with pytest.raises((ColumnError, WishError)) as raised:
        problem_of(sensors(), tmp_path, **wishes)
    assert isinstance(raised.value, NinefoldError)
    assert raised.value.code == code
    assert hint in raised.value.hint


def test_a_single_series_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ColumnError, match="a single series"):
        problem_of(sensors(1), tmp_path, target="kind", series="id")


def test_what_surprises_is_said() -> None:
    table = sensors()
    table["t"][0] = 1.5
    table["mood"] = [f"m{i}" for i in range(len(table["t"]))]
    source, peek, _ = looked_at(table, target="kind", series="id", time="t")
    assert "neither a number" in peek.refused["mood"]
    notes = reshaped(source, Wishes(target="kind", series="id", time="t")).table.notes
    assert any("do not lie evenly" in note for note in notes)
    assert any("24 series" in note and "5 to 9 moments" in note for note in notes)


def test_the_digest_sees_lists() -> None:
    digests = {open_source({"x": [[1.0, each], [2.0]], "y": [1, 2]}).digest for each in (1.0, 2.0)}
    assert len(digests) == 2
