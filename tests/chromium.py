"""A real browser for tests of pages, and what they ask it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

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
WITHIN = ("file:", "data:", "chrome:", "about:", "blob:")


def started(profile: Path) -> Iterator[webdriver.Chrome]:
    """Chromium without a window; what a fixture yields."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.fail("this test needs Chromium and its driver: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    browser.set_script_timeout(120)
    yield browser
    browser.quit()


def shape(browser: webdriver.Chrome, width: int, mode: str = "light") -> None:
    """A screen of that width, in light or dark."""
    metrics = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": mode}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def asked(browser: webdriver.Chrome) -> list[str]:
    """Addresses that were asked since the last look, the page's own among them."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]


def outside(addresses: list[str], *own: str) -> list[str]:
    """Those of the addresses that are neither within a page nor begin with one of ``own``."""
    return [address for address in addresses if not address.startswith((*WITHIN, *own))]


def unfold(browser: webdriver.Chrome) -> None:
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true })")


def violations(browser: webdriver.Chrome, *, frames: bool = True) -> list[str]:
    """What axe-core finds wrong with the page, everything unfolded, each with the first mark that it names.

    The package brings axe-core as one script; its Python is not used.
    """
    found = find_spec("selenium_axe_python")
    assert found is not None and found.origin is not None
    unfold(browser)
    browser.execute_script((Path(found.origin).parent / "axe-core" / "axe.min.js").read_text("utf-8"))
    told: list[dict[str, Any]] = browser.execute_async_script(
        "const [frames, done] = arguments;"
        "axe.run(document, {iframes: frames}).then(r => done(r.violations), e => done([{id: String(e)}]))",
        frames,
    )
    return [f"{each['id']}: {each.get('nodes', [{}])[0].get('html', '')}" for each in told]
