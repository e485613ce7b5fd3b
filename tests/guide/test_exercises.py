"""Every exercise of the guide's pages: the reference passes its checks, and each mutant fails one."""

from __future__ import annotations

import ast
import runpy
from pathlib import Path

import pytest

from answered import fault
from ninefold.guide.page import Page, pages
from ninefold.guide.said import Exercise as Told
from ninefold.practice.sandbox.exercise import Exercise
from ninefold.practice.written import exercise_of

PAGES = [page for page in pages().values() if any(cell.name == "exercise" for cell in page.cells)]
SEEDS = (0, 1, 2)
of_each_exercise = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@pytest.fixture
def asked(page: Page, tmp_path: Path) -> Exercise:
    """The page's exercise, from its imports, its functions and the one cell that tells of it: nothing else is run."""
    cell = ast.parse(next(cell.code for cell in page.cells if cell.name == "exercise"))
    last = cell.body[-1]
    assert isinstance(last, ast.Expr), "the cell ends with show.exercise(...)"
    cell.body[-1] = ast.Assign([ast.Name("told", ast.Store())], last.value)
    functions = [cell.code for cell in page.cells if cell.is_function]
    path = tmp_path / "page.py"
    path.write_text("\n\n".join([page.setup, *functions, ast.unparse(ast.fix_missing_locations(cell))]))
    told = runpy.run_path(str(path))["told"]
    assert isinstance(told, Told)
    return exercise_of(page, told)


@of_each_exercise
def test_the_reference_passes(asked: Exercise, tmp_path: Path) -> None:
    assert [fault(asked, asked.reference, tmp_path, seed) for seed in SEEDS] == [""] * len(SEEDS)


@of_each_exercise
def test_each_mutant_and_the_stub_fail(asked: Exercise, tmp_path: Path) -> None:
    assert len(asked.wrong) >= 3
    survived = [
        text for text in (asked.begin, *asked.wrong) for seed in SEEDS if not fault(asked, text, tmp_path, seed)
    ]
    assert survived == []


@of_each_exercise
def test_the_reader_is_told_what_to_write(asked: Exercise) -> None:
    assert asked.told, "a docstring is all that the reader gets"
    assert asked.begin.endswith("raise NotImplementedError\n")
