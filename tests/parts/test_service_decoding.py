"""The quick ways of reading requests say what the careful ones say."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bundles
from asgi import asker
from ninefold_runtime import wire
from ninefold_runtime.app import App
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.decode import Typed, loose
from ninefold_runtime.schema import Column, Schema
from ninefold_runtime.served import Fleet, Served
from ninefold_runtime.web import Refused

SCHEMA = bundles.schema("binary")
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "NA", "12,5", "1.0", "yes", "Cherbourg", " good ", "2024-05-01", "abc", "\0"]),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=1),
)
NAMES = st.sampled_from([*SCHEMA.names, "ticket", "outcome", "agee", "rows", "columns"])
ROWS = st.dictionaries(NAMES, CELLS, max_size=7)
BODIES = st.one_of(
    ROWS,
    st.fixed_dictionaries({"rows": st.lists(ROWS, max_size=4)}),
    st.fixed_dictionaries({"columns": st.dictionaries(NAMES, st.lists(CELLS, min_size=2, max_size=2), max_size=7)}),
    st.fixed_dictionaries({"columns": st.dictionaries(NAMES, st.lists(CELLS, max_size=3), max_size=3)}),
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return Served(read_bundle(bundles.write(tmp_path_factory.mktemp("decoding") / "bundle")), "people")


@settings(max_examples=300, deadline=None)
@given(body=BODIES)
def test_quick_and_careful_answers_are_the_same(served: Served, body: dict[str, Any]) -> None:
    """The same request with and without what makes the service look twice: a query, which says nothing."""
    with asker(App(Fleet({"people": served}, "people"))) as desk:
        quick, careful = desk.ask("/predict", body), None
        served._typed._decoder, kept = None, served._typed._decoder
        try:
            careful = desk.ask("/predict", body, query="x=1")
        finally:
            served._typed._decoder = kept
    assert quick.status == careful.status, body
    assert quick.status < 500
    told = [reply.json for reply in (quick, careful)]
    if quick.status != 200:
        assert told[0] == told[1]
        return
    assert told[0]["predictions"] == told[1]["predictions"]
    warned = [sorted((note["kind"], note["column"], note["rows"]) for note in one["warnings"]) for one in told]
    assert warned[0] == warned[1]


def test_the_quick_way_is_taken() -> None:
    typed = Typed(SCHEMA)
    row = dict(SCHEMA.example)
    assert typed.read(json.dumps(row).encode()) == tuple(row.values())
    assert typed.read(json.dumps({"rows": [row]}).encode()) == tuple(row.values())
    rows = typed.read(json.dumps({"rows": [row, {"age": 1}]}).encode())
    assert isinstance(rows, dict) and rows["age"] == [31.0, 1.0] and rows["port"] == ["Southampton", None]
    assert typed.read(b'{"agee": 1}') is None
    assert typed.read(b'{"columns": {"age": [1, null]}}') == {"age": [1.0, None]}


@pytest.mark.parametrize("name", ["rows", "columns", 'quo"te', "back\\slash", "line\nbreak"])
def test_columns_of_any_name_can_be_given(name: str) -> None:
    schema = msgspec.structs.replace(SCHEMA, columns=(Column(name=name, kind="number"),))
    assert Typed(schema).read(json.dumps({name: 1}).encode()) is None
    assert loose(json.dumps({name: 1}).encode(), schema) == {name: [1]}


def test_long_columns_are_read_as_short_ones() -> None:
    """What is quick for many cells gives what each cell gives alone."""
    rng = np.random.default_rng(0)
    numbers: list[object] = [None, 3, 2.5, 10**400, -0.0, 1e308]
    words: list[object] = [None, "a", " a ", "NA", "", "1.0", "yes", "2024-05-01", "1,5", "1.5", "ä"]
    mixed: list[object] = [*numbers, *words, True, 1, 1.0, "1"]
    for column in (*bundles.COLUMNS, Column(name="dotted", kind="number", format="point")):
        read = wire.reading(column)
        for values in (numbers[:3], numbers, words, mixed):
            many = [values[i] for i in rng.integers(0, len(values), 200)]
            expected = np.array([read(value) for value in many], wire.DTYPE[column.wire])
            np.testing.assert_array_equal(wire.cells(column, many), expected)
    given_array = np.array([1.5, np.inf, -np.inf, np.nan] * 40)
    np.testing.assert_array_equal(
        wire.cells(bundles.COLUMNS[0], given_array), np.where(np.isfinite(given_array), given_array, np.nan)
    )
    assert np.isinf(given_array).sum() == 80


def test_what_is_no_table_is_refused() -> None:
    for body in (b"1", b"[]", b'"x"', b'{"columns": {"age": 1}}', b'{"rows": [1]}'):
        with pytest.raises(Refused):
            loose(body, Schema(columns=SCHEMA.columns, target=SCHEMA.target))
    with pytest.raises(Refused, match='"rows" is not as expected'):
        loose(b'{"rows": 5}', Schema(columns=SCHEMA.columns, target=SCHEMA.target))
