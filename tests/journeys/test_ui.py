"""The web app in a real browser, from a file to a prediction: quiet, offline, and legible on every page."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from journey import started
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

import chromium

PATIENCE = 120
"""Seconds to wait for a run; machines that test may be slow."""
ROWS = 300


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small table whose answer can be learned."""
    folder = tmp_path_factory.mktemp("desk")
    sizes = [i * 37 % 101 for i in range(ROWS)]
    rounds = ["yes" if size + i * 53 % 61 > 80 else "no" for i, size in enumerate(sizes)]
    colours = ["red" if i % 3 else "blue" for i in range(ROWS)]
    lines = [",".join(map(str, row)) for row in zip(sizes, colours, rounds, strict=True)]
    (folder / "shapes.csv").write_text("\n".join(["size,colour,round", *lines]))
    return folder


@pytest.fixture(scope="module")
def app(desk: Path) -> Iterator[str]:
    """The address of ``ninefold ui`` in the folder."""
    process: subprocess.Popen[str] = started("ui", "--no-open", "--port", 0, cwd=desk)
    assert process.stderr is not None
    line = process.stderr.readline()
    yield line.split("at ")[1].split()[0].rstrip("/")
    process.terminate()
    process.communicate(timeout=20)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    yield from chromium.started(tmp_path_factory.mktemp("profile"))


@pytest.fixture(scope="module")
def run(app: str, browser: webdriver.Chrome) -> str:
    """The address of a run that was started in the browser, watched live, and led to its report."""
    browser.get(f"{app}/")
    click(browser, "Start the first run")
    click(browser, "shapes.csv")
    Select(browser.find_element(By.NAME, "target")).select_by_value("round")
    until(browser, lambda: "Yes/no" in text(browser, "#meaning"))
    browser.execute_script("document.querySelector('details').open = true")
    browser.find_element(By.NAME, "work").send_keys("24")
    click(browser, "Start the run")
    until(browser, lambda: "/runs/" in browser.current_url)
    address = browser.current_url.removesuffix("/progress")
    seen: list[str] = []
    until(browser, lambda: _watched(browser, seen), PATIENCE)
    assert "5 Models" in seen
    assert seen == sorted(set(seen)), "stages do not go back"
    return address


def _watched(browser: webdriver.Chrome, seen: list[str]) -> bool:
    """Collect the stage that has its turn, until the page shows the report."""
    script = "return [document.querySelector('.stages .going .name')?.textContent, !!document.querySelector('iframe')]"
    going, there = browser.execute_script(script)
    if going and (not seen or seen[-1] != going):
        seen.append(going)
    return bool(there)


def test_a_run_leads_to_its_report(browser: webdriver.Chrome, run: str) -> None:
    frame = browser.find_element(By.TAG_NAME, "iframe")
    browser.switch_to.frame(frame)
    assert "shapes.csv → round" in text(browser, "h1")
    browser.switch_to.default_content()
    assert frame.get_attribute("sandbox") == ""


def test_the_playground_answers_as_fields_change(browser: webdriver.Chrome, run: str) -> None:
    browser.get(f"{run}/play")
    answers = []
    for size in ("1", "99"):
        field = field_of(browser, "size")
        field.clear()
        field.send_keys(size)
        until(browser, lambda size=size: f'"size": {size},' in _curl(browser))  # type: ignore[misc]
        answers.append(text(browser, ".headline"))
    assert answers == ["round = no", "round = yes"]
    slider = browser.find_element(By.CSS_SELECTOR, "input[type=range]")
    assert slider.get_attribute("value") == "99"
    colour = field_of(browser, "colour")
    Select(colour).select_by_value("+")
    browser.find_element(By.NAME, f"{colour.get_attribute('name')}-other").send_keys("green")
    until(browser, lambda: "never had the value" in text(browser, "#details"))


def test_a_row_is_explained(browser: webdriver.Chrome, run: str) -> None:
    browser.get(f"{run}/play")
    press(browser, browser.find_element(By.CSS_SELECTOR, "button[name=method][value=shap]"))
    until(browser, lambda: "size" in text(browser, "#why table"), 30)


def test_a_method_pressed_while_an_answer_is_awaited_is_not_lost(browser: webdriver.Chrome, run: str) -> None:
    browser.get(f"{run}/play")
    script = """
        arguments[0].value = '50';
        arguments[0].dispatchEvent(new Event('input', {bubbles: true}));
        arguments[1].click();
    """
    button = browser.find_element(By.CSS_SELECTOR, "button[name=method][value=shap]")
    browser.execute_script(script, field_of(browser, "size"), button)
    until(browser, lambda: "size" in text(browser, "#why table"), 30)
    assert '"size": 50,' in _curl(browser)


def test_new_rows_are_watched(browser: webdriver.Chrome, app: str, run: str) -> None:
    browser.get(f"{app}/watch")
    browser.find_element(By.NAME, "path").send_keys("shapes.csv")
    click(browser, "Compare")
    until(browser, lambda: "/watch/result" in browser.current_url)
    assert "after correction for" in text(browser, ".finding")
    assert "size" in text(browser, "main")


def test_an_uploaded_table_can_be_chosen(browser: webdriver.Chrome, app: str, desk: Path) -> None:
    browser.get(f"{app}/new")
    browser.find_element(By.NAME, "file").send_keys(str(desk / "shapes.csv"))
    click(browser, "Upload")
    until(browser, lambda: "/new/table" in browser.current_url)
    assert "300 rows × 3 columns" in text(browser, ".lead")


PAGES = (
    "/",
    "/new",
    "/new/table?path=shapes.csv&target=round",
    "{run}/progress",
    "{run}",
    "{run}/play",
    "/guide",
    "/guide/20",
    "/x",
)


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_quiet_offline_and_no_wider_than_a_phone(
    browser: webdriver.Chrome, app: str, run: str, page: str
) -> None:
    address = app + page.format(run=run.removeprefix(app))
    for width in (390, 1280):
        chromium.shape(browser, width)
        chromium.asked(browser)
        browser.get_log("browser")
        browser.get(address)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        told = [line for line in browser.get_log("browser") if not (page == "/x" and "404" in line["message"])]
        assert told == []
        asked = chromium.asked(browser)
        assert address in asked
        assert chromium.outside(asked, app) == []


@pytest.mark.parametrize(("width", "mode"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_violation(browser: webdriver.Chrome, app: str, run: str, width: int, mode: str) -> None:
    chromium.shape(browser, width, mode)
    found = {}
    for page in PAGES:
        browser.get(app + page.format(run=run.removeprefix(app)))
        found[page] = chromium.violations(browser, frames=False)  # the report's own test looks into it
    assert found == {page: [] for page in PAGES}


def test_without_scripts_a_prediction_is_made_by_the_form(browser: webdriver.Chrome, run: str) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{run}/play")
        field = field_of(browser, "size")
        field.clear()
        field.send_keys("99")
        click(browser, "Predict")
        until(browser, lambda: field_of(browser, "size").get_attribute("value") == "99")
        assert "round = yes" in text(browser, ".headline")
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def click(browser: webdriver.Chrome, label: str) -> None:
    press(browser, browser.find_element(By.XPATH, f"//*[self::a or self::button][normalize-space()='{label}']"))


def field_of(browser: webdriver.Chrome, column: str) -> WebElement:
    """The input of a column in the playground."""
    label = browser.find_element(By.XPATH, f"//label[starts-with(normalize-space(), '{column} ')]")
    return browser.find_element(By.ID, label.get_attribute("for") or "")


def press(browser: webdriver.Chrome, element: WebElement) -> None:
    """Click it in the middle of the window, where nothing lies over it."""
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def text(browser: webdriver.Chrome, selector: str) -> str:
    """What is to be read there; empty while there is nothing."""
    found = browser.find_elements(By.CSS_SELECTOR, selector)
    return found[0].get_attribute("textContent") or "" if found else ""


def until(browser: webdriver.Chrome, is_so: Callable[[], bool], seconds: float = 20) -> None:
    from selenium.common.exceptions import StaleElementReferenceException

    wait = WebDriverWait(browser, seconds, 0.1, ignored_exceptions=(StaleElementReferenceException,))
    wait.until(lambda _: is_so())


def _curl(browser: webdriver.Chrome) -> str:
    return text(browser, "#curl")
