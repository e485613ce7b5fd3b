"""Practice in a real browser: forms without scripts, legible at every width, in the light and in the dark."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import WebDriverWait

import chromium
import small_guide
from ninefold.web.app import application
from ninefold.web.desk import Desk
from ninefold_runtime.serve import listener_at

CODE_KEY = "the key of code"
PAGES = (
    "/practice",
    "/practice?card=9-predict",
    "/practice?card=16-code",
    "/practice?card=debug-wrong_metric",
    "/practice/interview",
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, over a guide of four small pages and an empty file of practice."""
    folder = tmp_path_factory.mktemp("practice")
    desk = Desk(folder, folder / "runs", "the key of the forms", code_key=CODE_KEY, tell=lambda _: None)
    listener = listener_at("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(application(desk), lifespan="off", log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    with pytest.MonkeyPatch.context() as patch, small_guide.opened(_made(folder / "pages")):
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(20)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    yield from chromium.started(tmp_path_factory.mktemp("profile"))


@pytest.mark.parametrize(("width", "mode"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_violation_and_nothing_is_too_wide(
    browser: webdriver.Chrome, app: str, width: int, mode: str
) -> None:
    chromium.shape(browser, width, mode)
    found = {}
    for page in PAGES:
        browser.get(app + page)
        found[page] = chromium.violations(browser, frames=False)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, page
    assert found == {page: [] for page in PAGES}


def test_a_card_of_each_kind_without_scripts(browser: webdriver.Chrome, app: str) -> None:
    chromium.shape(browser, 1280, "light")
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{app}/practice?card=4-recall")
        _press(browser, "Show the answer")
        _press(browser, "Good")
        browser.get(f"{app}/practice?card=4-predict")
        browser.find_element(By.CSS_SELECTOR, "input[type=radio]").click()
        _press(browser, "Lock in and look")
        assert "You said: falls" in _text(browser)
        browser.get(f"{app}/practice?card=4-code")
        field = browser.find_element(By.NAME, "answer")
        field.clear()
        field.send_keys("import numpy as np\ndef distance(a, b): return np.abs(a - b)\n")
        browser.find_element(By.NAME, "key_of_code").send_keys(CODE_KEY)
        _press(browser, "Run the checks")
        assert "All checks pass" in _text(browser)
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_sides_that_forms_lead_to_are_legible(browser: webdriver.Chrome, app: str) -> None:
    chromium.shape(browser, 390, "light")
    browser.get(f"{app}/practice?card=20-predict")
    browser.find_element(By.CSS_SELECTOR, "input[type=radio]").click()
    _press(browser, "Lock in and look")
    assert chromium.violations(browser, frames=False) == []
    browser.get(f"{app}/practice?card=20-code")
    _press(browser, "Run the checks")
    assert "Not yet" in _text(browser)
    assert "still to be written" in _text(browser)
    assert chromium.violations(browser, frames=False) == []


def _press(browser: webdriver.Chrome, label: str) -> None:
    """Send a form, and wait for the page that answers it: checks of code take their time."""
    asked = browser.find_element(By.TAG_NAME, "html")
    browser.find_element(By.XPATH, f"//button[normalize-space()='{label}']").click()
    WebDriverWait(browser, 60).until(staleness_of(asked))


def _text(browser: webdriver.Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "main").text
