"""The pieces of exports that need no tool of others: protocol buffers by hand, schemas read, projects refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import sample_run
from hypothesis import given
from hypothesis import strategies as some

import bundles
from ninefold.core.errors import RunError, SourceError, WishError
from ninefold.core.problem import Wishes
from ninefold.export.destination import Subject
from ninefold.export.expected import expected_kinds
from ninefold.export.exporting import export, made
from ninefold.export.gate import pipeline
from ninefold.export.metadata import schema_message, statistics_message
from ninefold.export.project import project
from ninefold.export.protobuf import Enum, Field, Message, Single, binary, text
from ninefold.export.textproto import parse
from ninefold.runs import Order
from ninefold_runtime.bundle import read_bundle

HOSTILE = 'a "quoted"\\ name\n{of: <two> lines} # é 😀\x07'


# Protocol buffers


@pytest.mark.parametrize(
    ("field", "encoded"),
    [
        (Field("a", 1, 150), "089601"),
        (Field("b", 2, "testing"), "120774657374696e67"),
        (Field("c", 3, (Field("a", 1, 150),)), "1a03089601"),
        (Field("n", 1, -1), "08ffffffffffffffffff01"),
        (Field("d", 1, 1.0), "09000000000000f03f"),
        (Field("f", 1, Single(1.0)), "0d0000803f"),
        (Field("e", 16, Enum("ON", 1)), "800101"),
        (Field("t", 1, True), "0801"),
    ],
)
def test_the_wire_format_is_as_described(field: Field, encoded: str) -> None:
    """The first three are the examples of protobuf.dev/programming-guides/encoding."""
    assert binary((field,)).hex() == encoded


def plain(message: Message) -> list[tuple[str, object]]:
    """What `parse` gives of a message's text."""
    return [(field.name, plain(field.value) if isinstance(field.value, tuple) else field.value) for field in message]


@given(some.text(), some.text())
def test_any_text_comes_back(one: str, other: str) -> None:
    message = (Field("outer", 1, (Field("name", 1, one), Field("name", 1, other))), Field("name", 2, one + other))
    assert parse(text(message)) == plain(message)


def test_the_text_format_of_others_is_read() -> None:
    said = """
    # a comment
    feature { name: 'it\\'s' type: BYTES; shape < dim { size: -1 } > }
    values: ["a" "b", 'c'],  octal: "\\303\\251\\x41"
    """
    feature = [("name", "it's"), ("type", "BYTES"), ("shape", [("dim", [("size", "-1")])])]
    assert parse(said) == [("feature", feature), ("values", "ab"), ("values", "c"), ("octal", "éA")]


@pytest.mark.parametrize("said", ["feature {", "name: ", "name: }", "}", 'name: "open', "name: [1", "é"])
def test_what_is_no_text_format_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"expected|at character"):
        parse(said)


# TensorFlow Metadata


def test_a_schema_comes_back_as_the_kinds_it_was_made_from(tmp_path: Path) -> None:
    columns = (replace_name(bundles.COLUMNS[0], HOSTILE), *bundles.COLUMNS[1:])
    schema = msgspec.structs.replace(bundles.schema("binary"), columns=columns)
    (tmp_path / "schema.pbtxt").write_text(text(schema_message(schema)), "utf-8")
    assert expected_kinds(tmp_path / "schema.pbtxt") == {c.name: c.kind for c in columns} | {"outcome": "category"}


def replace_name(column: object, name: str) -> object:
    return msgspec.structs.replace(column, name=name)  # type: ignore[type-var]


def test_a_schema_of_tensorflow_settles_what_it_tells(tmp_path: Path) -> None:
    path = tmp_path / "schema.pbtxt"
    path.write_text(
        """
        feature { name: "amount" type: FLOAT }
        feature { name: "code" type: INT int_domain { is_categorical: true } }
        feature { name: "yes" type: INT bool_domain { } }
        feature { name: "port" type: BYTES domain: "ports" }
        feature { name: "when" type: BYTES time_domain { string_format: "%Y-%m-%d" } }
        feature { name: "who knows" type: BYTES }
        string_domain { name: "ports" value: "Cherbourg" }
        """,
        "utf-8",
    )
    kinds = {"amount": "number", "code": "category", "yes": "boolean", "port": "category", "when": "datetime"}
    assert expected_kinds(path) == kinds


def test_what_is_no_schema_is_refused_by_name(tmp_path: Path) -> None:
    for name, content in {"binary.pb": b"\xff\xfe\x00", "open.pbtxt": b"feature {"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(WishError, match=name) as refused:
            expected_kinds(tmp_path / name)
        assert refused.value.code == "NF-E399"


def test_statistics_count_all_rows_and_tell_no_extremes(tmp_path: Path) -> None:
    bundle = read_bundle(bundles.write(tmp_path / "bundle", sketched=400))
    assert bundle.sketches is not None
    ((_, dataset),) = parse(text(statistics_message(bundle.schema, bundle.sketches)))
    assert isinstance(dataset, list)
    features = [dict(entries) for name, entries in dataset if name == "features"]
    for feature in features:
        (told,) = [entries for name, entries in feature.items() if name.endswith("_stats")]
        names = [name for name, _ in told]
        assert not {"min", "max"} & set(names)
        common = dict(dict(told)["common_stats"])
        assert int(common["num_non_missing"]) + int(common["num_missing"]) == 400
    port = next(each for each in features if dict(each["path"])["step"] == "port")
    counted = [float(dict(entries)["frequency"]) for name, entries in port["string_stats"] if name == "top_values"]
    assert sum(counted) == pytest.approx(float(dict(dict(port["string_stats"])["common_stats"])["num_non_missing"]))


# Projects


def subject(tmp_path: Path, order: Order) -> Subject:
    run = sample_run.write(tmp_path / "run")
    (run / "order.json").write_bytes(msgspec.json.encode(order))
    return Subject(read_bundle(bundles.write(run / "bundle")), run)


@pytest.mark.parametrize(
    ("source", "query", "word"),
    [(None, None, "dataframe"), ("postgresql://me:secret@host/db", "select 1", "host"), ("x.db", "select 1", "x.db")],
)
def test_a_run_that_is_not_of_a_file_is_refused(
    source: str | None, query: str | None, word: str, tmp_path: Path
) -> None:
    with pytest.raises(RunError, match=word) as refused:
        project(subject(tmp_path, Order(source, query, Wishes())), "DVC")
    assert refused.value.code == "NF-E351"
    assert "secret" not in str(refused.value)


def test_a_table_that_has_changed_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    asked = subject(tmp_path, Order(str(table), None, Wishes()))
    for content in (None, "a,b\n1,2\n"):
        if content:
            table.write_text(content)
        with pytest.raises(SourceError, match="any more"):
            project(asked, "DVC")


def test_a_run_that_mlflow_cannot_log_here_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ninefold.export.destinations.mlflow.find_spec", lambda _: None)
    asked = subject(tmp_path, Order("table.csv", None, Wishes()))
    (note,) = export(asked, "mlflow", made("mlflow"), tmp_path / "told").told.notes
    assert "not logged" in note
    assert export(asked, "mlflow", made("mlflow", ["log=no"]), tmp_path / "quiet").told.notes == ()
    assert export(Subject(asked.bundle), "mlflow", made("mlflow"), tmp_path / "bare").told.notes == ()


def test_a_bundle_alone_is_no_project(tmp_path: Path) -> None:
    asked = replace(subject(tmp_path, Order("x.csv", None, Wishes())), run=None)
    with pytest.raises(RunError) as refused:
        project(asked, "DVC")
    assert refused.value.code == "NF-E342"


@pytest.mark.parametrize(
    "path", ["/etc/rows.csv", "../rows.csv", "a/../../b", "-f", "a$(b)", "a*b", "${{ x }}", "a\nb"]
)
def test_a_path_that_a_pipeline_could_take_for_more_is_refused(path: str, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("a\n1\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ninefold.export.project.digest_of", lambda _: sample_run.dataset().digest)
        with pytest.raises(WishError) as refused:
            asked = subject(tmp_path, Order(str(table), None, Wishes()))
            pipeline(asked, tmp_path / "out", "GitLab", data="", rows=path, margin=0.0)
    assert refused.value.code == "NF-E352"
