"""The report in a real browser: quiet, offline, light and dark, and no wider than a phone."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import sample_run
from selenium import webdriver

import chromium
from ninefold.core.png import png
from ninefold.core.section import Exhibit, Figure, Item, Line, Picture, Section, Series, Word
from ninefold.report.document import Document, Stage
from ninefold.report.render import page, render


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    yield from chromium.started(tmp_path_factory.mktemp("profile"))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    long_name = "a_column_whose_name_goes_on_and_on_" * 4
    return render(sample_run.write(tmp_path_factory.mktemp("runs") / "7f3c2a", column=long_name)).as_uri()


def test_report_is_quiet_and_asks_the_network_for_nothing(browser: webdriver.Chrome, address: str) -> None:
    chromium.asked(browser)
    browser.get_log("browser")
    browser.get(address)
    assert browser.get_log("browser") == []
    asked = chromium.asked(browser)
    assert address in asked
    assert chromium.outside(asked) == []


@pytest.mark.parametrize(("width", "mode"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_axe_finds_no_violation(browser: webdriver.Chrome, address: str, width: int, mode: str) -> None:
    chromium.shape(browser, width, mode)
    browser.get(address)
    assert chromium.violations(browser) == []


def test_axe_sees_what_is_wrong(browser: webdriver.Chrome, tmp_path: Path) -> None:
    file = tmp_path / "bad.html"
    file.write_text('<!doctype html><title>t</title><p style="color:#ccc">pale <img src="data:,"></p>')
    browser.get(file.as_uri())
    found = {violation.split(":")[0] for violation in chromium.violations(browser)}
    assert {"color-contrast", "html-has-lang", "image-alt"} <= found


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_page_never_scrolls_sideways(browser: webdriver.Chrome, address: str, width: int) -> None:
    chromium.shape(browser, width)
    browser.get(address)
    chromium.unfold(browser)
    assert browser.execute_script("return innerWidth") == width
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_way_around_is_whole_and_stays_in_sight(browser: webdriver.Chrome, address: str, width: int) -> None:
    chromium.shape(browser, width)
    browser.get(address)
    browser.execute_script("document.querySelector('nav a[href=\"#data\"]').click()")
    nav, heading, sizes = browser.execute_script(WAY)
    assert nav["top"] == 0
    assert nav["bottom"] < 844 / 6
    assert nav["bottom"] <= heading["bottom"] < 844 / 2
    assert all(box["left"] >= 0 and box["right"] <= width and box["height"] >= 24 for box in sizes)


WAY = """
const box = element => element.getBoundingClientRect().toJSON();
const [nav, heading] = [document.querySelector('nav'), document.querySelector('#data-title')];
return [box(nav), box(heading), [...nav.querySelectorAll('a')].map(box)];
"""


def test_dark_mode_changes_page_ink_and_charts(browser: webdriver.Chrome, address: str) -> None:
    light, dark = (_colours(browser, address, mode) for mode in ("light", "dark"))
    assert light["page"] == "rgb(255, 255, 255)"
    assert all(light[key] != dark[key] for key in light)


def test_chart_text_does_not_overlap_or_leave_its_card(browser: webdriver.Chrome, address: str) -> None:
    chromium.shape(browser, 1280)
    browser.get(address)
    assert browser.execute_script(OVERLAPS) == []


def test_text_of_awkward_charts_does_not_overlap_either(browser: webdriver.Chrome, tmp_path: Path) -> None:
    file = tmp_path / "awkward.html"
    section = Section("Awkward", "charts that try", figures=tuple(_awkward()))
    file.write_text(page(Document(1, "r", "v", "now", "s", "t", 0, 1.0, "c", (), (Stage(5, "m", 1.0, section),))))
    for width in (390, 1280):
        chromium.shape(browser, width)
        browser.get(file.as_uri())
        assert browser.execute_script(OVERLAPS) == []


def test_exhibits_are_legible_in_both_modes_and_on_a_phone(browser: webdriver.Chrome, tmp_path: Path) -> None:
    dot = "data:image/png;base64," + base64.b64encode(png(np.full((4, 6, 3), 90, np.uint8))).decode()
    seen = Picture(dot, 6, 4, "a grey picture", ((1.0, -0.8), (0.0, 0.3)))
    words = tuple(Word(f"word{'s' * (i % 20)}", w) for i, w in enumerate((0.5, -0.5, 0.2, -0.2, 0.06, -0.06, 0.0) * 9))
    marks = (Word("Paris", mark="said"), Word(" and "), Word("Rome" * 30, mark="true"), Word("Oslo", mark="both"))
    glossed = tuple(Word(f"word{'s' * (i % 9)} ", under="das Wort" * (i % 3)) for i in range(40))
    lines = (Line("question", words), Line("passage", marks), Line("said", glossed))
    items = (Item("true cat, said dog (71%)", (seen,)), Item("all", (seen,) * 12), Item("a text", words=words))
    items = (*items, Item("some texts", lines=lines))
    section = Section("Evaluation", "s", exhibits=(Exhibit("Worst", items, "A note."),))
    file = tmp_path / "exhibits.html"
    file.write_text(page(Document(1, "r", "v", "now", "s", "t", 0, 1.0, "c", (), (Stage(7, "e", 1.0, section),))))
    for width, mode in ((1280, "light"), (390, "dark"), (320, "light")):
        chromium.shape(browser, width, mode)
        browser.get(file.as_uri())
        assert chromium.violations(browser) == []
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    named = browser.execute_script("return [...document.querySelectorAll('.picture')].map(p => p.ariaLabel)")
    assert named == ["a grey picture"] * 13


def _awkward() -> Iterator[Figure]:
    """Charts of large, small and negative numbers, long and many names, and points close to each other."""
    steps = tuple(float(i) for i in range(40))
    for size in (1e12, 98_765.0, 1.0, 1e-9):
        values = tuple(size * math.sin(i) for i in steps)
        yield Figure("lines", f"lines of {size}", (Series("s", values, values[::-1]),), "a long name " * 9, "y" * 99)
        names = tuple(f"a column with a rather long name {i}" for i in range(40))
        yield Figure("bars", f"bars of {size}", (Series("a", names, values), Series("b", names, values[::-1])))
        yield Figure("intervals", f"intervals of {size}", (Series("s", names, values, values, values),), "x" * 99)
    for count in (2, 7, 12, 30):
        classes = tuple(f"{'long class name ' * (i % 3)}{i}" for i in range(count))
        yield Figure("matrix", f"{count} classes", tuple(Series(c, classes, steps[:count]) for c in classes))
    many = tuple(Series(f"series {'with a name ' * (k % 5)}{k}", steps, steps, faint=k > 9) for k in range(20))
    yield Figure("lines", "many series", many, "x", "y")
    yield Figure("histogram", "many series again", many[:6], "x", "y")
    close = tuple(1 + math.sin(i) / 50 for i in steps)
    labels = tuple(f"way {'of doing it ' * (i % 3)}{i}" for i in range(40))
    yield Figure("scatter", "close points", (Series("s", close, close[::-1], labels=labels, joined=True, starred=3),))
    stretches = Series("speaks for " + "a class " * 20, (0.5, 9.5, 30.5, 40.5), (1e-9, -2e-9, 0.0, math.nan))
    yield Figure("moments", "moments", (Series("s", steps, close), stretches), "moment", "a long name " * 9)
    yield Figure("strip", "long names", tuple(Series(name, close, close) for name in labels[:30]), "pushes")


OVERLAPS = """
const bad = [];
for (const svg of document.querySelectorAll('svg.chart')) {
  const card = svg.closest('figure').getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
  texts.forEach(([text, a], i) => {
    if (a.left < card.left || a.right > card.right) bad.push('outside: ' + text);
    for (const [other, b] of texts.slice(i + 1))
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
        bad.push(text + ' over ' + other);
  });
}
return bad;
"""


def _colours(browser: webdriver.Chrome, address: str, mode: str) -> dict[str, str]:
    chromium.shape(browser, 1280, mode)
    browser.get(address)
    style = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
    wanted = {"page": ("body", "backgroundColor"), "ink": ("body", "color"), "bar": ("rect.c1", "fill")}
    return {key: browser.execute_script(style, *where) for key, where in wanted.items()}
