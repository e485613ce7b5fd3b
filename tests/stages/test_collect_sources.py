"""Every kind of source gives the same table; what is no table is refused with a reason."""

import gzip
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ninefold.collect.source import open_source
from ninefold.core.errors import ColumnError, MissingExtra, NinefoldError, SourceError

ROWS = [{"n": 1, "x": 0.5, "w": "a"}, {"n": 2, "x": None, "w": "ü, b"}, {"n": 3, "x": 2.5, "w": None}]
FRAME = pl.DataFrame(ROWS)


def write(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def read(folder: Path, data: bytes | str, name: str = "t.csv") -> list[dict[str, Any]]:
    return open_source(write(folder, name, data)).frame.to_dicts()


def notes(folder: Path, data: bytes | str) -> str:
    return " ".join(open_source(write(folder, "t.csv", data)).table.notes)


def refusal(data: Any, query: str | None = None) -> NinefoldError:
    with pytest.raises(NinefoldError) as caught:
        _ = open_source(data, query).frame
    assert caught.value.hint
    return caught.value


# --- the same table from every door


def sqlite_file(folder: Path, tables: int = 1) -> Path:
    path = folder / "t.db"
    with sqlite3.connect(path) as connection:
        for number in range(tables):
            connection.execute(f'create table "sa""les{number}" (n integer, x real, w text)')
            connection.executemany(
                f'insert into "sa""les{number}" values (?, ?, ?)', [tuple(row.values()) for row in ROWS]
            )
    connection.close()
    return path


def files(folder: Path) -> list[Path]:
    made = [folder / "t.parquet", folder / "t.arrow", folder / "t.arrows", folder / "t.jsonl", folder / "t.json"]
    FRAME.write_parquet(made[0])
    FRAME.write_ipc(made[1])
    FRAME.write_ipc_stream(made[2])
    FRAME.write_ndjson(made[3])
    made[4].write_text(json.dumps(ROWS))
    columns = write(folder, "columns.json", json.dumps(FRAME.to_dict(as_series=False)))
    packed = write(folder, "t.jsonl.gz", gzip.compress(made[3].read_bytes()))
    return [*made, columns, packed, sqlite_file(folder)]


def test_files(tmp_path: Path) -> None:
    for path in files(tmp_path):
        assert open_source(path).frame.to_dicts() == ROWS, path
        assert open_source(path).name == str(path)
        assert len(open_source(path).digest) == 64


def test_files_are_known_by_content_not_by_name(tmp_path: Path) -> None:
    for path in files(tmp_path):
        if path.suffix in {".parquet", ".arrow", ".db"}:
            assert open_source(path.rename(path.with_suffix(".dat"))).frame.to_dicts() == ROWS


FRAMES = {
    "polars": FRAME,
    "polars lazy": FRAME.lazy(),
    "pyarrow": pa.table(FRAME.to_dict(as_series=False)),
    "pandas nullable": pd.DataFrame(ROWS).convert_dtypes(),
    "pandas arrow": pd.DataFrame(FRAME.to_dict(as_series=False)).convert_dtypes(dtype_backend="pyarrow"),
    "dictionary": FRAME.to_dict(as_series=False),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_frames(frame: Any) -> None:
    assert open_source(frame).frame.to_dicts() == ROWS


def test_pandas_and_its_ways() -> None:
    frame = pd.DataFrame(
        {
            "whole": [1, 2],
            "broken": [0.5, np.nan],
            "yes": [True, False],
            "kind": pd.Categorical(["a", None]),
            "mixed": ["1", 2.0],
            "when": pd.to_datetime(["2024-01-31", None]),
            "zoned": pd.to_datetime(["2024-01-31T12:00+02:00", None]),
            5: ["x", "y"],
        }
    )
    read = open_source(frame).frame
    assert read.columns == ["whole", "broken", "yes", "kind", "mixed", "when", "zoned", "5"]
    assert read["kind"].to_list() == ["a", None]
    assert read["mixed"].to_list() == ["1", "2"]
    assert read["when"].null_count() == read["zoned"].null_count() == 1
    assert read["zoned"].dt.epoch("s")[0] == 1706695200


def test_arrays() -> None:
    assert open_source(np.array([[1.0, 2.0], [3.0, np.nan]])).frame.columns == ["column_1", "column_2"]
    records = np.array([(1, "a"), (2, "b")], [("n", "i4"), ("w", "U1")])
    assert open_source(records).frame.to_dicts() == [{"n": 1, "w": "a"}, {"n": 2, "w": "b"}]
    assert refusal(np.zeros(3)).code == "NF-E102"


def test_pandas_is_read_without_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    read = open_source(pd.DataFrame({"w": np.array(["a", None], object), "n": [1, 2]})).frame
    assert read.to_dicts() == [{"w": "a", "n": 1}, {"w": None, "n": 2}]


def test_sqlalchemy(tmp_path: Path) -> None:
    url = f"sqlite:///{sqlite_file(tmp_path)}"
    source = open_source(url, 'select * from "sa""les0" order by n')
    assert source.frame.to_dicts() == ROWS
    assert source.digest == open_source(FRAME).digest
    assert "query" in refusal(url).message
    assert refusal(url, "select nothing").code == "NF-E109"
    assert refusal("nosuch://user:secret@host/db", "select 1").code == "NF-E109"


def test_a_password_is_never_shown() -> None:
    source = open_source("postgresql://me:se@cret@host/db", "select 1")
    assert source.name == "postgresql://me:***@host/db"
    assert "cret" not in repr(source)


def test_sqlalchemy_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    error = refusal("sqlite:///x.db", "select 1")
    assert isinstance(error, MissingExtra)
    assert error.hint == 'pip install "ninefold[sql]"'


def test_adbc_says_what_is_missing() -> None:
    error = refusal("adbc+nosuch://me:secret@host/db", "select 1")
    assert error.hint == "pip install adbc-driver-nosuch pyarrow"
    assert "secret" not in error.message
    assert "query" in refusal("adbc+sqlite://t.db").message


def test_sqlite_with_several_tables_needs_a_query(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path, tables=2)
    assert refusal(path).details["tables"] == ['sa"les0', 'sa"les1']
    assert open_source(path, 'select n from "sa""les1"').frame.height == 3
    assert refusal(path, 'delete from "sa""les1"').code == "NF-E109"
    assert open_source(path, 'select n from "sa""les1"').frame.height == 3


# --- what is no table


def test_missing_file_suggests_neighbours(tmp_path: Path) -> None:
    write(tmp_path, "titanic.csv", "a\n1\n")
    error = refusal(tmp_path / "titanik.csv")
    assert (error.code, "titanic.csv" in error.hint) == ("NF-E101", True)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "NF-E104"),
        (b" \n\n", "NF-E104"),
        (gzip.compress(b"", mtime=0), "NF-E104"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "NF-E103"),
        (b"a,b\n", "NF-E105"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "NF-E103"),
        (bytes(range(256)) * 9, "NF-E103"),
        (b"PK\x03\x04 workbook", "NF-E103"),
        (b"PAR1 torn", "NF-E103"),
        (b"ARROW1\0\0 torn", "NF-E103"),
        (b"SQLite format 3\0 torn", "NF-E109"),
        (b'{"a": 1}\n{"a": \n', "NF-E103"),
        (b"a,b,a\n1,2,3\n", "NF-E206"),
        (b"5.1,3.5,setosa\n4.9,3.0,setosa\n4.7,3.2,virginica\n", "NF-E107"),
        (b"a,b\n" + b"1,2,3,4,5\n" * 20, "NF-E108"),
    ],
)
def test_refused_with_a_reason(tmp_path: Path, data: bytes, code: str) -> None:
    assert refusal(write(tmp_path, "t.csv", data)).code == code


def test_things_that_are_no_table(tmp_path: Path) -> None:
    assert refusal(tmp_path).code == "NF-E102"
    assert refusal(object()).code == "NF-E102"
    assert refusal("a\0b").code == "NF-E102"
    assert refusal({"a": [1], "b": [1, 2]}).code == "NF-E106"
    assert isinstance(refusal(pd.DataFrame([[1, 2]], columns=["a", "a"])), ColumnError)
    assert isinstance(refusal(pd.DataFrame()), SourceError)


# --- delimited text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_newlines(tmp_path: Path, delimiter: str, newline: str) -> None:
    lines = [delimiter.join(row) for row in (["a", "b b", "c"], ["1", "x, y", "3,5"], ["4", "z", "6,5"])]
    lines = [line if delimiter != "," else '"a"' + line[1:] for line in lines[:1]] + lines[1:]
    if delimiter == ",":
        lines[1:] = ['1,"x, y","3,5"', '4,z,"6,5"']
    rows = read(tmp_path, newline.join(lines) + newline)
    assert rows == [{"a": "1", "b b": "x, y", "c": "3,5"}, {"a": "4", "b b": "z", "c": "6,5"}]


def test_quotes_with_newlines_and_quotes(tmp_path: Path) -> None:
    rows = read(tmp_path, 'a,b\n1,"two\nlines"\n2,"say ""hi"""\n3,"\n\n"\n')
    assert [row["b"] for row in rows] == ["two\nlines", 'say "hi"', "\n\n"]


def test_space_after_the_delimiter(tmp_path: Path) -> None:
    assert read(tmp_path, 'a, b\n1, "x, y"\n2, "z"\n')[0] == {"a": "1", "b": "x, y"}


def test_backslash_before_quotes(tmp_path: Path) -> None:
    assert read(tmp_path, 'a,b\n1,"x \\"q\\", y"\n2,"z"\n')[0]["b"] == 'x "q", y'


def test_empty_quotes_are_no_escape(tmp_path: Path) -> None:
    assert read(tmp_path, 'a,b\n"","x \\"q\\", y"\n2,"z"\n')[0] == {"a": "", "b": 'x "q", y'}


def test_single_quotes(tmp_path: Path) -> None:
    assert read(tmp_path, "'a','b'\n'1','x, y'\n'2','z'\n")[0] == {"a": "1", "b": "x, y"}


def test_a_quote_that_never_closes_costs_no_rows(tmp_path: Path) -> None:
    data = 'a\tb\n1\tx\n2\t"y\n' + "3\tz\n" * 50
    assert len(read(tmp_path, data)) == 52
    assert "stray quote" in notes(tmp_path, data)


@pytest.mark.parametrize("stray", [0, 13, 29])
def test_a_stray_quote_does_not_join_rows(tmp_path: Path, stray: int) -> None:
    rows = [f'{i},"word, and word",x\n' for i in range(30)]
    rows[stray] = rows[stray].replace(",x", ',"x')
    data = ("a,b,c\n" + "".join(rows)).encode()
    assert [row["a"] for row in read(tmp_path, data)] == [str(i) for i in range(30)]
    assert "stray quote" in notes(tmp_path, data)


def test_ragged_rows_are_counted(tmp_path: Path) -> None:
    data = "a,b,c\n" + "1,2,3\n" * 20 + "1,2\n" + "1,2,3,4\n" * 2 + "1\n"
    rows = read(tmp_path, data)
    assert len(rows) == 24
    assert rows[20] == {"a": "1", "b": "2", "c": ""}
    said = notes(tmp_path, data)
    assert "2 rows have fewer fields" in said
    assert "2 rows have more fields" in said


@pytest.mark.parametrize("end", ["", ","])
def test_a_trailing_delimiter_is_no_column(tmp_path: Path, end: str) -> None:
    data = f"a,b{end}\n" + "1,2,\n" * 10
    assert read(tmp_path, data) == [{"a": "1", "b": "2"}] * 10
    assert not notes(tmp_path, data)


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    assert len(read(tmp_path, "\n\na,b\n\n1,2\n\n\n3,4\n\n")) == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("mark", "blank"), [(",", ""), (",", "\n\n"), ("\t", "\n"), (", ", "\n")])
def test_separators_alone_are_a_row(tmp_path: Path, end: str, mark: str, blank: str) -> None:
    lines = ["a,b,c", "1,2,3", ",,", f"4,,{blank}", '"","",', "7,8,9", ",,"]
    said = read(tmp_path, "\n".join(lines).replace(",", mark).replace("\n", end))
    assert [row["a"] for row in said] == ["1", "", "4", "", "7", ""]
    assert not notes(tmp_path, "\n".join(lines).replace(",", mark).replace("\n", end))


@pytest.mark.parametrize("text", ['a\n1\n\n""\n4\n', '\na\r\n1\r\n\r\n""\r\n4', 'a\r1\r\r""\r4\r'])
def test_blank_lines_are_rows_where_there_is_one_column(tmp_path: Path, text: str) -> None:
    assert [row["a"] for row in read(tmp_path, text)] == ["1", "", "", "4"]


def test_separators_before_the_header_are_no_names(tmp_path: Path) -> None:
    assert read(tmp_path, ",\n,\na,b\n1,2\n,\n") == [{"a": "1", "b": "2"}, {"a": "", "b": ""}]


def test_lines_before_the_header(tmp_path: Path) -> None:
    data = "Report of sales\nmade in 2024,,\n\na,b,c\n" + "1,2,3\n" * 9
    assert read(tmp_path, data)[0] == {"a": "1", "b": "2", "c": "3"}
    assert "2 lines before the header" in notes(tmp_path, data)


def test_row_names_without_a_heading(tmp_path: Path) -> None:
    assert read(tmp_path, "a,b\nx,1,2\ny,3,4\n")[0] == {"column_1": "x", "a": "1", "b": "2"}
    assert read(tmp_path, ",a,b\n0,1,2\n1,3,4\n")[0] == {"column_1": "0", "a": "1", "b": "2"}


@pytest.mark.parametrize("header", ["0,1,2", "2019,2020,2021", "country,2019,2020"])
def test_numbers_that_are_names(tmp_path: Path, header: str) -> None:
    assert list(
        read(tmp_path, f"{header}\nfr,5,6\nde,7,8\n" if "c" in header else f"{header}\n3,5,6\n4,7,8\n")[0]
    ) == header.split(",")


def test_one_column(tmp_path: Path) -> None:
    assert read(tmp_path, "text\nhello, world\nplain\na, b, c\n")[0] == {"text": "hello, world"}


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "name,city\n" + "José,Köln\nÅsa,Malmö\nAnna,Berlin\n" * 4
    rows = read(tmp_path, text.encode(encoding))
    assert rows[:2] == [{"name": "José", "city": "Köln"}, {"name": "Åsa", "city": "Malmö"}]


def test_cyrillic(tmp_path: Path) -> None:
    text = "имя,город\n" + "Анна,Москва\nПётр,Санкт-Петербург\nОльга,Нижний Новгород\n" * 5
    assert read(tmp_path, text.encode("cp1251"))[0] == {"имя": "Анна", "город": "Москва"}


def test_nul_bytes_are_left_out(tmp_path: Path) -> None:
    data = b"a,b\n1,x\0y\n2,z\n"
    assert read(tmp_path, data)[0] == {"a": "1", "b": "xy"}
    assert "1 NUL" in notes(tmp_path, data)


def test_a_few_broken_bytes_do_not_change_the_encoding(tmp_path: Path) -> None:
    data = ("a,b\n" + "é,ü\n" * 50).encode() + b"\xff,x\n"
    assert read(tmp_path, data)[0] == {"a": "é", "b": "ü"}


FIELD = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\x1a"), max_size=6)
HEADED = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(FIELD, min_size=width, max_size=width), min_size=1, max_size=6)
)


@settings(max_examples=150, deadline=None)
@given(HEADED)
def test_what_is_quoted_throughout_comes_back(rows: list[list[str]]) -> None:
    from ninefold.collect.delimited import read_delimited

    names = [f"name {place}" for place in range(len(rows[0]))]
    lines = [",".join(f'"{field.replace(chr(34), chr(34) * 2)}"' for field in row) for row in [names, *rows]]
    table = read_delimited("\n".join(lines).encode(), "t")
    assert table.frame.rows() == [tuple(row) for row in rows]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text("ab1,;\t|\"'\\ \n\r#é", max_size=80).map(str.encode)))
@example(b";\r\x0c\x0c'")
@example(b'\\"\\')
@example(b";\r\x1a;\x1a\n")
def test_any_bytes_give_a_table_or_a_reason(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = write(tmp_path_factory.getbasetemp(), "any.csv", data)
    try:
        frame = open_source(path).frame
    except NinefoldError as error:
        assert error.code.startswith("NF-E")
    else:
        assert frame.width
        assert frame.height


def test_digests_follow_content(tmp_path: Path) -> None:
    one = open_source(write(tmp_path, "a.csv", "a,b\n1,2\n")).digest
    assert one == open_source(write(tmp_path, "b.csv", "a,b\n1,2\n")).digest
    assert one != open_source(write(tmp_path, "c.csv", "a,b\n1,3\n")).digest
    assert open_source(FRAME).digest == open_source(FRAME.rechunk().clone()).digest
    assert open_source(FRAME).digest != open_source(FRAME.reverse()).digest
    assert open_source(FRAME).digest != open_source(FRAME.rename({"n": "m"})).digest
