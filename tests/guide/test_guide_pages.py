"""Every page of the guide holds: it runs once, each of its claims is tested by itself, and it keeps to the contract."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from ninefold.guide.page import Page, pages
from ninefold.guide.running import PageFailed, Ran
from ninefold.guide.said import Ask, Chart, Exercise, Grid, Prose, Reveal, Where
from ninefold.guide.store import fresh

ROOT = Path(__file__).resolve().parents[2]
TITLED = (ROOT / "src/ninefold/report/render.py", *(ROOT / "src/ninefold").glob("*/*view.py"))
"""Where the titles of a report's parts and sections are."""
MOST_LINES = 120
"""Lines of a page that are not empty."""
MOST_SECONDS = 20.0
"""Twice what a page may take of one core where nothing else runs (`make guide` tells it): machines differ."""
ORDER = ("answer", "predict", "experiment", "reveal", "follow_ups", "where")
PAGES = tuple(pages().values())
TESTS = [(page, cell.name) for page in PAGES for cell in page.cells if cell.is_test]
of_each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@cache
def ran(page: Page) -> Ran | PageFailed:
    try:
        return fresh(page)
    except PageFailed as failure:
        return failure


def told(page: Page) -> Ran:
    found = ran(page)
    assert not isinstance(found, PageFailed), str(found)
    return found


@pytest.mark.parametrize(("page", "name"), TESTS, ids=[f"{page.name}-{name}" for page, name in TESTS])
def test_claims_hold(page: Page, name: str) -> None:
    """The test cells of a page are run with it; the first one that fails ends the page, and says so in each."""
    assert told(page).cell(name) is not None


@of_each_page
def test_a_page_is_short_and_quick(page: Page) -> None:
    assert sum(bool(line.strip()) for line in page.source.splitlines()) <= MOST_LINES
    assert told(page).seconds <= MOST_SECONDS


@of_each_page
def test_a_page_has_its_cells_in_order(page: Page) -> None:
    names = [cell.name for cell in page.cells]
    assert [name for name in names if name in ORDER] == list(ORDER)
    assert any(cell.is_test for cell in page.cells)
    assert "_" not in names, "every cell has a name"
    assert len(set(names)) == len(names)


@of_each_page
def test_a_page_says_what_it_should(page: Page) -> None:
    page_said = told(page).said
    answer, follow_ups, where = page_said("answer"), page_said("follow_ups"), page_said("where")
    assert isinstance(answer, Prose)
    assert answer.text.startswith(f"# {page.number} · {page.question}\n\n**In thirty seconds.** ")
    assert isinstance(page_said("predict"), Ask)
    assert isinstance(page_said("experiment"), Chart | Grid)
    assert isinstance(page_said("reveal"), Reveal)
    assert isinstance(follow_ups, Prose)
    assert follow_ups.text.startswith("## What an interviewer asks next\n\n")
    assert 3 <= len(re.findall(r"^- \*\*.+?\?\*\* ", follow_ups.text, re.MULTILINE)) <= 5
    assert isinstance(where, Where)
    assert where.sources
    assert [source for source in where.sources if not (ROOT / source).is_file()] == []
    assert not where.section or any(f'"{where.section}' in path.read_text("utf-8") for path in TITLED)


@of_each_page
def test_an_exercise_can_be_made_wrong(page: Page) -> None:
    """Whether the checks see it is for `ninefold practice` to say; the texts that make it wrong stand there once."""
    exercises = [cell.said for cell in told(page).cells if isinstance(cell.said, Exercise)]
    for exercise in exercises:
        source = page.function(exercise.function)
        assert len(exercise.mutants) >= 3
        assert [old for old, new in exercise.mutants if source.count(old) != 1 or old == new] == []
        assert all(page.function(check) for check in exercise.checks)
