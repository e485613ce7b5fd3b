"""Every exercise of the guide's pages: the reference passes its checks, and each mutant fails one."""

from __future__ import annotations

from pathlib import Path

import pytest

from answered import fault
from ninefold.guide.page import Page, pages
from ninefold.guide.said import Exercise as Told
from ninefold.guide.store import fresh
from ninefold.practice.sandbox.exercise import Exercise
from ninefold.practice.written import exercise_of

PAGES = [page for page in pages().values() if any(cell.name == "exercise" for cell in page.cells)]
SEEDS = (0, 1, 2)
of_each_exercise = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def exercise(page: Page) -> Exercise:
    told = fresh(page).said("exercise")
    assert isinstance(told, Told)
    return exercise_of(page, told)


@of_each_exercise
def test_the_reference_passes(page: Page, tmp_path: Path) -> None:
    asked = exercise(page)
    assert [fault(asked, asked.reference, tmp_path, seed) for seed in SEEDS] == [""] * len(SEEDS)


@of_each_exercise
def test_each_mutant_and_the_stub_fail(page: Page, tmp_path: Path) -> None:
    asked = exercise(page)
    assert len(asked.wrong) >= 3
    survived = [
        text for text in (asked.begin, *asked.wrong) for seed in SEEDS if not fault(asked, text, tmp_path, seed)
    ]
    assert survived == []


@of_each_exercise
def test_the_reader_is_told_what_to_write(page: Page) -> None:
    asked = exercise(page)
    assert asked.told, "a docstring is all that the reader gets"
    assert asked.begin.endswith("raise NotImplementedError\n")
