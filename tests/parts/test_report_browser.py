"""The report in a real browser: quiet, offline, light and dark, and no wider than a phone."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import sample_run
from selenium import webdriver

from ninefold.core.section import Figure, Section, Series
from ninefold.report.document import Document, Stage
from ninefold.report.render import page, render

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.fail(
            "this test needs Chromium and its driver; install them with: apt-get install chromium chromium-driver"
        )
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    started.set_script_timeout(120)
    yield started
    started.quit()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    long_name = "a_column_whose_name_goes_on_and_on_" * 4
    return render(sample_run.write(tmp_path_factory.mktemp("runs") / "7f3c2a", column=long_name)).as_uri()


def test_report_is_quiet_and_asks_the_network_for_nothing(browser: webdriver.Chrome, address: str) -> None:
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(address)
    assert browser.get_log("browser") == []
    asked = [_asked(entry) for entry in browser.get_log("performance")]
    outside = [url for url in asked if url and not url.startswith(("file:", "data:", "chrome:", "about:"))]
    assert address in asked
    assert outside == []


@pytest.mark.parametrize(("width", "mode"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_axe_finds_no_violation(browser: webdriver.Chrome, address: str, width: int, mode: str) -> None:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", _screen(width))
    _prefer(browser, mode)
    browser.get(address)
    assert judged(browser) == []


def test_axe_sees_what_is_wrong(browser: webdriver.Chrome, tmp_path: Path) -> None:
    file = tmp_path / "bad.html"
    file.write_text('<!doctype html><title>t</title><p style="color:#ccc">pale <img src="data:,"></p>')
    browser.get(file.as_uri())
    assert {"color-contrast", "html-has-lang", "image-alt"} <= {found.split(":")[0] for found in judged(browser)}


def judged(browser: webdriver.Chrome) -> list[str]:
    """The violations that axe-core sees on the page with everything unfolded, each with the first mark that it names.

    The package brings axe-core as one script; its Python is not used.
    """
    found = find_spec("selenium_axe_python")
    assert found is not None and found.origin is not None
    script = Path(found.origin).parent / "axe-core" / "axe.min.js"
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true })")
    browser.execute_script(script.read_text("utf-8"))
    told: list[dict[str, Any]] = browser.execute_async_script(
        "const done = arguments[0]; axe.run(document).then(r => done(r.violations), e => done([{id: String(e)}]))"
    )
    return [f"{each['id']}: {each.get('nodes', [{}])[0].get('html', '')}" for each in told]


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_page_never_scrolls_sideways(browser: webdriver.Chrome, address: str, width: int) -> None:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", _screen(width))
    browser.get(address)
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert browser.execute_script("return innerWidth") == width
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_way_around_is_whole_and_stays_in_sight(browser: webdriver.Chrome, address: str, width: int) -> None:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", _screen(width))
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
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", _screen(1280))
    browser.get(address)
    assert browser.execute_script(OVERLAPS) == []


def test_text_of_awkward_charts_does_not_overlap_either(browser: webdriver.Chrome, tmp_path: Path) -> None:
    file = tmp_path / "awkward.html"
    section = Section("Awkward", "charts that try", figures=tuple(_awkward()))
    file.write_text(page(Document(1, "r", "v", "now", "s", "t", 0, 1.0, "c", (), (Stage(5, "m", 1.0, section),))))
    for width in (390, 1280):
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", _screen(width))
        browser.get(file.as_uri())
        assert browser.execute_script(OVERLAPS) == []


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


def _screen(width: int) -> dict[str, Any]:
    return {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}


def _prefer(browser: webdriver.Chrome, mode: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": mode}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def _colours(browser: webdriver.Chrome, address: str, mode: str) -> dict[str, str]:
    _prefer(browser, mode)
    browser.get(address)
    style = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
    wanted = {"page": ("body", "backgroundColor"), "ink": ("body", "color"), "bar": ("rect.c1", "fill")}
    return {key: browser.execute_script(style, *where) for key, where in wanted.items()}


def _asked(entry: dict[str, Any]) -> str:
    message = json.loads(entry["message"])["message"]
    if message["method"] != "Network.requestWillBeSent":
        return ""
    url: str = message["params"]["request"]["url"]
    return url
