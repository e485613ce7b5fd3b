"""The data sheet: the headings of Gebru et al., what is known under them, and nothing of a row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import sample_run

from ninefold.core.markdown import NOT_MEASURED, OWNER
from ninefold.report.datasheet import MOST_COLUMNS, datasheet, sheet
from ninefold.report.render import render

NASTY = "a|b\n## <script> [x](y) `z`"


def made(**changes: object) -> str:
    return sheet(sample_run.problem(), replace(sample_run.dataset(), **changes), sample_run.preparation())  # type: ignore[arg-type]


def test_it_lies_beside_the_report(tmp_path: Path) -> None:
    folder = sample_run.write(tmp_path / "run")
    render(folder)
    assert (folder / "datasheet.md").read_text() == datasheet(folder)


def test_a_run_that_has_not_come_so_far_has_none(tmp_path: Path) -> None:
    folder = sample_run.write(tmp_path / "short", last=2)
    assert datasheet(folder) is None
    render(folder)
    assert not (folder / "datasheet.md").exists()


def test_headings_are_those_of_the_source() -> None:
    assert [line[3:] for line in made().splitlines() if line.startswith("## ")] == [
        "Motivation",
        "Composition",
        "Collection process",
        "Preprocessing, cleaning, labelling",
        "Uses",
        "Distribution",
        "Maintenance",
    ]


def test_it_tells_what_is_known_and_leaves_the_rest_to_the_owner() -> None:
    text = made(unreadable={"age": 4}, dropped_rows={"no target": 2}, beyond=1000, notes=("read as UTF-8",))
    for fact in (
        "1,891 rows with 2 columns besides `survived`, which is to be predicted.",
        "| age | number | 19.9% | 88 |",
        "`age` 4",
        "2 rows were left out: no target.",
        "1,000 rows were not learned from",
        "column `alive` was left out: repeats the target.",
        "3 rows repeat another row exactly",
        "Named as sensitive: `sex`.",
        "- Read as UTF-8.",
        "3ade00cf" * 8,
    ):
        assert fact in text
    assert text.count(OWNER) >= 6
    assert NOT_MEASURED in text


def test_no_value_of_a_row_and_no_folder_is_told() -> None:
    assert "a cell of a row" not in made()
    assert "somewhere" not in made()


def test_names_cannot_break_it() -> None:
    text = sheet(sample_run.problem(NASTY), sample_run.dataset(NASTY), sample_run.preparation(NASTY))
    assert "\n## <" not in text
    assert "| a\\|b ## &lt;script> \\[x\\](y) 'z' | number |" in text
    assert "besides `a|b ## <script> [x](y) 'z'`, which" in text


def test_very_wide_tables_are_listed_in_part() -> None:
    one = sample_run.dataset().columns[0]
    text = made(columns=(one,) * (MOST_COLUMNS + 5))
    assert text.count("| age |") == MOST_COLUMNS
    assert "and 5 more columns." in text
