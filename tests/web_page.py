"""What tests do with a page that runs a graph, whether it is one file or a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.support.wait import WebDriverWait

from ninefold.report.web_runtime import VERSION

PATIENCE = 120
SAME = 1e-9


def npm_package() -> Path:
    """The npm package, which nothing of Ninefold brings."""
    named = os.environ.get("NINEFOLD_ORT_WEB")
    path = Path(named or Path(__file__).parents[1] / "build" / f"onnxruntime-web-{VERSION}.tgz")
    if not path.exists():
        pytest.fail(f"this test needs {path}: npm pack onnxruntime-web@{VERSION} --pack-destination {path.parent}")
    return path


def opened(browser: webdriver.Chrome, address: str) -> str:
    """What the page says of its readiness."""
    browser.get(address)
    WebDriverWait(browser, PATIENCE).until(
        lambda b: b.execute_script(
            "return document.body.dataset.ready || document.getElementById('state').classList.contains('warn')"
        )
    )
    return str(browser.execute_script("return document.getElementById('state').textContent"))


def filled(browser: webdriver.Chrome, row: dict[str, str]) -> list[float]:
    """Type into fields by their labels; what the page then says, in full precision."""
    before = "const s = document.getElementById('said'); delete s.dataset.numbers;"
    browser.execute_script(
        before + "for (const [name, text] of Object.entries(arguments[0])) {"
        "  const label = [...document.querySelectorAll('label')].find(l => l.firstChild.textContent === name);"
        "  const field = document.getElementById(label.htmlFor); field.value = text;"
        "  field.dispatchEvent(new Event('input')); }",
        row,
    )
    said = "return document.getElementById('said').dataset.numbers"
    return [float(n) for n in WebDriverWait(browser, PATIENCE).until(lambda b: b.execute_script(said)).split()]
