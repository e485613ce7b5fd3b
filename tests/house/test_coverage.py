"""Coverage of the mission: rows are whole, the tests they name exist, the public page says what the rows say."""

import ast
from pathlib import Path

import pytest

from covering import PAGE, ROOT, Row, outcomes, page, regressed, rows

ROWS = rows()


def test_every_row_is_there_once() -> None:
    ids = [row.id for row in ROWS]
    assert len(ids) == len(set(ids)) == 134
    assert {row.question for row in ROWS} >= set(range(1, 51)) - {45, 46, 49}


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_a_row_says_what_it_stands_on(row: Row) -> None:
    assert bool(row.tests) == (row.status != "planned")
    assert bool(row.missing) == (row.status == "partly")
    for test in row.tests:
        file, _, name = test.partition("::")
        assert name.partition("[")[0] in _functions(ROOT / file), test


def test_the_page_says_what_the_rows_say() -> None:
    assert PAGE.read_text("utf-8") == page(ROWS), "run: .venv/bin/python tests/covering.py"


def test_a_row_whose_test_fails_is_told(tmp_path: Path) -> None:
    case = '<testcase classname="tests.parts.test_a" name="{}">{}</testcase>'
    cases = case.format("test_b[1]", "") + case.format("test_b[2]", "<skipped/>") + case.format("test_c", "")
    report = tmp_path / "tests.xml"
    report.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>", "utf-8")
    passed = outcomes(report)

    def told(test: str) -> list[str]:
        row = Row("1.1", 1, "a", "b", "working", (f"tests/parts/test_a.py::{test}",))
        return regressed([row], passed)

    assert told("test_c") == told("test_b[1]") == []
    assert [bool(told(test)) for test in ("test_b", "test_b[2]", "test_gone")] == [True] * 3


def _functions(file: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}
