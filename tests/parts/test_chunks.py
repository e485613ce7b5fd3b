"""Tables read in chunks say what they say when they are read whole."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import bundles
from ninefold import runs
from ninefold.collect import chunks
from ninefold.collect.source import open_source
from ninefold.collect.sources import csv, parquet
from ninefold.core.errors import SourceError
from ninefold.runs import read_chunks, read_columns
from ninefold_runtime.errors import TableError
from ninefold_runtime.schema import Column
from ninefold_runtime.sketch import Levels
from ninefold_runtime.table import read_chunks as plain_chunks
from ninefold_runtime.table import read_table
from ninefold_runtime.tally import Watched
from ninefold_runtime.wire import Coded, cells, from_columns, reading

TEXT = "a lead\nn;c\n" + "".join(f'{i / 7:.3f};"x ""{i}"";\ny"\n' for i in range(60)) + "1;last\n"


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv, "BLOCK", 100)
    monkeypatch.setattr(parquet, "BLOCK", 35)
    monkeypatch.setattr(chunks, "ROWS", 7)


def whole(path: Path) -> pl.DataFrame:
    frames = list(chunks.chunked(open_source(path), large=0))
    assert all(frame.height <= 7 for frame in frames)
    return pl.concat(frames)


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["bare", "marked"])
@pytest.mark.parametrize("zipped", [False, True])
def test_csv_in_blocks(tmp_path: Path, mark: str, zipped: bool) -> None:
    path = tmp_path / ("t.csv.gz" if zipped else "t.csv")
    data = (mark + TEXT).encode()
    path.write_bytes(gzip.compress(data) if zipped else data)
    assert open_source(path).reader.blocks(open_source(path).given) is not None  # type: ignore[attr-defined]
    assert whole(path).equals(open_source(path).frame)
    assert whole(path).height == 61


def test_other_encodings_are_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TEXT.replace("x", "\u00e9").encode("latin-1"))
    assert whole(path).equals(open_source(path).frame)


def test_parquet_in_blocks(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    frame = pl.DataFrame({"n": np.arange(50), "c": [f"x{i}" for i in range(50)]})
    frame.write_parquet(path)
    assert whole(path).equals(frame)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceError):
        whole(path)


def test_numbers_are_read_as_one_by_one(tmp_path: Path) -> None:
    path, schema = tmp_path / "t.csv", bundles.schema("binary")
    odd = ["1.5", " 2 ", "NA", "", "-", "inf", "nan", "1e400", "1_000", "seven", "+3", "0x10", "-0", "1e-3"]
    path.write_text("age,port\n" + "".join(f"{age},Southampton\n" for age in [*odd, *odd[:5]]))
    rows = len(odd) + 5
    slow = from_columns(schema, read_columns(path), rows)
    parts = [from_columns(schema, part, len(part["age"])) for part in read_chunks(path, None, schema)]
    assert len(parts) == 3
    for name in ("age", "port"):
        np.testing.assert_array_equal(np.concatenate([part.arrays[name] for part in parts]), slow.arrays[name])
    assert sum(part.unreadable.get("age", 0) for part in parts) == slow.unreadable["age"]


@pytest.mark.parametrize(
    "values",
    [[1, 2.5, None, math.nan, math.inf], [1, True, 2.0], [10**400, 1.0], ["a ", None, "NA", "a "], ["1", 1, 1.0, True]],
)
@pytest.mark.parametrize("kind", ["number", "category"])
def test_the_quick_way_to_read_cells_is_the_careful_one(values: list[object], kind: str) -> None:
    column = Column(name="x", kind=kind)  # type: ignore[arg-type]
    careful = [reading(column)(value) for value in values]
    np.testing.assert_array_equal(cells(column, values), np.array(careful, cells(column, []).dtype))


def test_repeated_strings_are_read_once_and_alike() -> None:
    frame = pl.Series("port", ["a ", None, "NA", "a ", "b"] * 5)
    made = runs._coded(frame)
    assert isinstance(made, Coded)
    assert [made[i] for i in range(len(made))] == frame.to_list()
    watched = Watched("port", Levels(10, 0, {"a": 8}, 2))
    as_text = cells(Column(name="port", kind="category"), made)
    np.testing.assert_array_equal(watched.coded_cells(made), watched.cells(as_text))
    for kind in ("category", "boolean", "datetime"):
        column = Column(name="x", kind=kind)
        np.testing.assert_array_equal(cells(column, made), cells(column, frame.to_list()))


def test_the_runtime_reads_in_chunks_too(tmp_path: Path) -> None:
    for name, text in (("t.csv", "a,b\n" + "1,x\n" * 10), ("t.jsonl", '{"a": 1, "b": "x"}\n' * 10)):
        path = tmp_path / name
        path.write_text(text)
        parts = list(plain_chunks(path, 4))
        assert [len(part["a"]) for part in parts][:3] == [4, 4, 2]
        assert {key: [cell for part in parts if part for cell in part[key]] for key in "ab"} == read_table(path)
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n" + "1,x\n" * 10 + "1\n")
    with pytest.raises(TableError) as short:
        list(plain_chunks(path, 4))
    assert "line 12" in short.value.message


def test_both_tools_read_plain_text_alike(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    for text, names in (("one, two\nthree\n\nfour\r\n", ["text"]), ("a,b\n1,2\n3,4\n", ["a", "b"])):
        path.write_text(text, newline="")
        expected = {name: [cell.strip() for cell in cells] for name, cells in read_columns(path).items()}
        assert read_table(path) == expected and list(expected) == names
    assert [len(part["a"]) for part in plain_chunks(path, 1)][:2] == [1, 1]


@pytest.mark.parametrize("text", ["a,b\n1,x\n,\n\n3,z\n,\n", "a;b\r\n;\r\n1;x\r\n", 'a\n1\n\n3\n""\n\n5\n', "a\n\n\n"])
def test_both_tools_read_the_same_rows(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, newline="")
    expected = {name: list(cells) for name, cells in read_table(path).items()}
    assert {name: list(cells) for name, cells in read_columns(path).items()} == expected
    assert whole(path).to_dict(as_series=False) == expected
