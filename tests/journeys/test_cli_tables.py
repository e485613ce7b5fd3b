"""Sections in the terminal: numbers line up, long tables are counted, names cannot drive the terminal."""

from __future__ import annotations

import io
import math

import pytest
from rich.console import Console, RenderableType

from ninefold.cli.tables import bar, of_bars, of_findings, of_section, of_table
from ninefold.core.section import Figure, Finding, Section, Series, Table
from ninefold.core.words import ago, cell, column, counted, duration, size


def printed(block: RenderableType, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, markup=False)
    console.print(block)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def test_a_table_aligns_numbers_and_marks_the_chosen_row() -> None:
    table = Table("t", ("model", "score", "rows"), (("ensemble", 0.8812, 1309), ("baseline", 0.5, None)), starred=0)
    assert printed(of_table(table)) == (
        "   model      score   rows\n"
        "★  ensemble  0.8812  1,309\n"
        "   baseline  0.5000"
    )  # fmt: skip


def test_a_long_heading_is_folded_so_that_no_number_is_cut_and_the_star_stays() -> None:
    headings = ("model", "average precision", "±", "weight", "fits", "note")
    row = ("Logistic regression", 0.1759, 0.0512, 0.6875, "0.1 s", "pruned after 1 fold")
    text = printed(of_table(Table("t", headings, (row,), starred=0)))
    assert "…" not in text
    assert text.splitlines()[-1].split() == [
        "★", "Logistic", "regression", "0.1759", "0.0512", "0.6875", "0.1", "s", "pruned", "after", "1", "fold",
    ]  # fmt: skip


def test_rows_beyond_the_most_are_counted() -> None:
    table = Table("t", ("n",), tuple((i,) for i in range(30)))
    assert printed(of_table(table)).endswith("… 18 more in the report")


def test_bars_are_to_scale_and_show_missing_as_none() -> None:
    assert [len(bar(share)) for share in (1.0, 0.5, 0.0, -1.0)] == [24, 12, 0, 0]
    assert bar(1 / 48) == "▌"
    figure = Figure("bars", "the finding", (Series("s", ("a", "b"), (2.0, math.nan)),))
    assert printed(of_bars(figure)).splitlines()[:2] == ["the finding", "  a " + "█" * 24 + " 2"]


def test_findings_show_sign_title_evidence_and_action() -> None:
    text = printed(of_findings([Finding("NF301", "serious", "Leak", "It leaks.", "Drop it.")]))
    assert text == "✗ Leak It leaks. Drop it."


def test_evidence_ends_before_the_advice_begins() -> None:
    text = printed(of_findings([Finding("NF701", "serious", "No", "the baseline has 0.5", "Do not deploy it.")]))
    assert text == "✗ No the baseline has 0.5. Do not deploy it."


@pytest.mark.parametrize("name", ["\x1b[2J", "\x1b]0;title\x07", "a\rb", "\x9b31m"])
def test_names_cannot_drive_the_terminal(name: str) -> None:
    finding = Finding("NF301", "info", name, name, name)
    figure = Figure("bars", name, (Series(name, (name,), (1.0,)),))
    section = Section(name, name, (), (), (finding,), (Table(name, (name,), ((name,),)),), (figure,))
    console = Console(file=io.StringIO(), width=80, color_system=None, markup=False)
    of_section(1, section, console)
    assert isinstance(console.file, io.StringIO)
    assert not {"\x1b", "\x07", "\r", "\x9b"} & set(console.file.getvalue())


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.8812, 0.5, 1.0, math.nan], ["0.8812", "0.5000", "1.0000", ""]),
        ([0.876, 179.0], ["0.8760", "179"]),
        ([0.8912, 23_412.5], ["0.8912", "23,412"]),
        ([15.7312, 0.0051], ["15.73", "0.0051"]),
        ([1309, None, 2], ["1,309", "", "2"]),
        ([True, False], ["yes", "no"]),
        ([-0.25, 3e-9], ["−0.2500", "3e−09"]),
        ([math.inf, -math.inf], ["∞", "−∞"]),
        ([3.0, 4.0], ["3", "4"]),
    ],
)
def test_numbers_of_a_column(values: list[float], texts: list[str]) -> None:
    assert column(values) == texts


def test_lengths_of_time_and_sizes() -> None:
    assert [duration(s) for s in (0.04, 9.96, 59.7, 292, 3780)] == ["0.0 s", "10 s", "1 m 00 s", "4 m 52 s", "1 h 03 m"]
    assert [ago(s) for s in (5, 120, 7200, 259_200)] == ["just now", "2 min ago", "2 h ago", "3 days ago"]
    assert [size(b) for b in (812, 14_000, 3_200_000)] == ["812 B", "14 kB", "3.2 MB"]
    assert cell("text") == "text"


def test_one_is_not_many() -> None:
    assert [counted(n, "row") for n in (0, 1, 1309)] == ["0 rows", "1 row", "1,309 rows"]
