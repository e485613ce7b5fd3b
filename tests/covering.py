"""Coverage of the mission: each row of coverage.toml works only if the tests it names passed in this very run.

python tests/covering.py build/tests.xml    hold the rows against a run of the tests (pytest --junitxml)
python tests/covering.py                    write docs/reference/coverage.md anew
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import msgspec

ROOT = Path(__file__).parents[1]
ROWS, PAGE = ROOT / "coverage.toml", ROOT / "docs" / "reference" / "coverage.md"
SIGNS = {"working": "works", "partly": "in part", "planned": "not yet"}


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``named``: what the question names; ``sentence``: what works when it works; ``tests``: node ids of pytest, that
    of a function standing for all its parameters; ``missing``: what a row in part lacks."""

    id: str
    question: int
    named: str
    sentence: str
    status: Literal["working", "partly", "planned"]
    tests: tuple[str, ...] = ()
    missing: str = ""


def rows() -> list[Row]:
    return msgspec.convert(tomllib.loads(ROWS.read_text("utf-8"))["row"], list[Row])


def outcomes(report: Path) -> dict[str, bool]:
    """Whether each test passed, by node id."""
    found: dict[str, bool] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        file = case.get("classname", "").replace(".", "/")
        found[f"{file}.py::{case.get('name')}"] = not any(
            case.find(bad) is not None for bad in ("failure", "error", "skipped")
        )
    return found


def regressed(known: list[Row], passed: dict[str, bool]) -> list[str]:
    """What is said to work, wholly or in part, and did not pass."""
    by_function: dict[str, list[str]] = {}
    for test in passed:
        by_function.setdefault(test.partition("[")[0], []).append(test)
    said = []
    for row in known:
        for test in row.tests:
            cases = [test] if "[" in test else by_function.get(test, [])
            if not cases or not all(passed.get(case, False) for case in cases):
                said.append(f"{row.id}: {test} did not pass in this run")
    return said


def page(known: list[Row]) -> str:
    """The public table."""
    counts = Counter(row.status for row in known)
    lines = [
        "# Coverage",
        "",
        "What the questions that engineers are asked name, and whether Ninefold does it. Written by",
        "`python tests/covering.py` from `coverage.toml`. A row works only if its tests pass: else",
        "`make test` fails.",
        "",
        f"{len(known)} rows: {counts['working']} work, {counts['partly']} in part, {counts['planned']} not yet.",
        "",
        "| row | named | what works means | state |",
        "| --- | --- | --- | --- |",
    ]
    for row in known:
        state = SIGNS[row.status] + (f": {row.missing}" if row.missing else "")
        lines.append(f"| {row.id} | {row.named} | {row.sentence} | {state} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    if not arguments:
        PAGE.write_text(page(rows()), "utf-8")
        return 0
    bad = regressed(rows(), outcomes(Path(arguments[0])))
    print("\n".join(bad) or "Every row of coverage.toml that is said to work was tested just now.")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
