"""Pages of the guide in Chromium, from files: legible to everyone, silent, and they take a guess before they tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

import chromium
from ninefold.guide import render
from ninefold.guide.page import pages
from ninefold.guide.store import fresh

MODES = [(1280, "light"), (1280, "dark"), (390, "light")]
LOOKS = [(page.name, *MODES[number % 3]) for number, page in pages().items() if number != 20]
LOOKS += [(name, *mode) for name in ("q20_logistic_regression", "index") for mode in MODES]
"""One page and the index are looked at in every way, the others in one way each: the palette is the same in all."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    for page in pages().values():
        (folder / f"{page.name}.html").write_text(render.page(fresh(page)), encoding="utf-8")
    (folder / "index.html").write_text(render.index(), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    yield from chromium.started(tmp_path_factory.mktemp("profile"))


def at(browser: webdriver.Chrome, path: Path) -> None:
    chromium.asked(browser)
    browser.get(path.as_uri())


def shown(browser: webdriver.Chrome, selector: str) -> str:
    return browser.find_element(By.CSS_SELECTOR, selector).text


@pytest.mark.parametrize(("name", "width", "mode"), LOOKS)
def test_axe_finds_nothing_and_nothing_is_asked(
    browser: webdriver.Chrome, site: Path, name: str, width: int, mode: str
) -> None:
    chromium.shape(browser, width, mode)
    at(browser, site / f"{name}.html")
    assert chromium.violations(browser) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert chromium.outside(chromium.asked(browser)) == []
    assert browser.get_log("browser") == []


def test_a_guess_comes_before_the_answer_and_is_remembered(browser: webdriver.Chrome, site: Path) -> None:
    chromium.shape(browser, 1280)
    at(browser, site / "q20_logistic_regression.html")
    assert not browser.find_element(By.CSS_SELECTOR, ".reveal").is_displayed()
    browser.find_element(By.CSS_SELECTOR, ".ask button").click()
    assert not browser.find_element(By.CSS_SELECTOR, ".reveal").is_displayed(), "nothing was guessed yet"
    browser.find_element(By.CSS_SELECTOR, "input[value=diverges]").click()
    browser.find_element(By.CSS_SELECTOR, ".ask button").click()
    assert "✗ you said: diverges" in shown(browser, ".reveal")
    assert not browser.find_element(By.CSS_SELECTOR, "input[value=diverges]").is_enabled()
    browser.refresh()
    assert not browser.find_element(By.CSS_SELECTOR, ".reveal").is_displayed()
    browser.find_element(By.CSS_SELECTOR, "input[value^='is still']").click()
    browser.find_element(By.CSS_SELECTOR, ".ask button").click()
    assert "✓ as you said" in shown(browser, ".reveal")
    browser.get((site / "index.html").as_uri())
    assert shown(browser, "[data-question='20'] .progress") == "✓ predicted"


def test_the_search_leaves_what_has_all_the_words(browser: webdriver.Chrome, site: Path) -> None:
    at(browser, site / "index.html")
    browser.find_element(By.ID, "find").send_keys("logistic learn")
    left = [item.get_attribute("data-question") for item in browser.find_elements(By.CSS_SELECTOR, "li:not([hidden])")]
    assert left == ["20"]
    assert shown(browser, "#found") == "1 found"
    assert len([each for each in browser.find_elements(By.CSS_SELECTOR, ".stage") if each.is_displayed()]) == 1


def test_without_scripts_the_answer_is_folded(browser: webdriver.Chrome, site: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        at(browser, site / "q20_logistic_regression.html")
        assert not browser.find_element(By.CSS_SELECTOR, ".ask button").is_displayed()
        assert not browser.find_element(By.CSS_SELECTOR, ".reveal").is_displayed()
        browser.find_element(By.CSS_SELECTOR, ".happened summary").click()
        assert "0.103" in shown(browser, ".reveal")
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
