"""The what-if page in Chromium: size, seconds to the first answer, each answer after it, and how far from Python."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.support.wait import WebDriverWait

import results
from ninefold.report.live import live_page
from ninefold.report.web_runtime import VERSION, web_runtime
from ninefold_runtime.bundle import CONTRIBUTIONS, GRAPH, read_bundle

OPENINGS, ANSWERS = 5, 50
MOST_SECONDS, MOST_BYTES, MOST_APART = 5.0, 8_000_000, 1e-9
ANSWER = """
const [times, done] = [[], arguments[0]];
const field = document.querySelector('form input, form select');
const said = document.getElementById('said');
let started;
const watch = new MutationObserver(() => {
  times.push(performance.now() - started);
  if (times.length < %d) setTimeout(ask, 20); else { watch.disconnect(); done(times); }
});
const ask = () => { started = performance.now(); field.dispatchEvent(new Event('input')); };
watch.observe(said, { childList: true });
ask();
"""


def browser(profile: str) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}"):
        options.add_argument(flag)
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    started.set_script_timeout(120)
    return started


def opened(chrome: webdriver.Chrome, page: Path) -> float:
    """Seconds from the start of the navigation to the first answer on the page."""
    chrome.get(page.as_uri())
    ready = "return document.body.dataset.ready"
    return float(WebDriverWait(chrome, 120).until(lambda b: b.execute_script(ready))) / 1e3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundles", type=Path, nargs="+", help="bundle folders")
    archive = results.ROOT / "build" / f"onnxruntime-web-{VERSION}.tgz"
    parser.add_argument("--runtime", type=Path, default=os.environ.get("NINEFOLD_ORT_WEB", archive))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        chrome = browser(folder)
        try:
            rows = [measured(chrome, place, Path(given.runtime), Path(folder)) for place in given.bundles]
        finally:
            chrome.quit()
    kept = all(row[3] <= MOST_BYTES / 1e6 and row[5] <= MOST_SECONDS and row[7] <= MOST_APART for row in rows)
    headings = ["predicts", "graph, kB", "contributions, kB", "page, MB", "written in, CPU s"]
    headings += ["first answer after, s", "an answer, ms", "apart from Python"]
    limits = f"{MOST_BYTES / 1e6:g} MB, {MOST_SECONDS:g} s and {MOST_APART:g}"
    note = "Medians. An answer is the prediction of a changed row; contributions and the sweep follow it.\n\n"
    verdict = f"Held to {limits}: {'kept' if kept else 'MISSED'}."
    results.write("live", f"{results.table(headings, rows)}\n\n{note}{verdict}")
    return int(not kept)


def measured(chrome: webdriver.Chrome, place: Path, runtime: Path, folder: Path) -> list[float | str]:
    """The row of one bundle."""
    bundle, started = read_bundle(place), time.process_time()
    text = live_page(bundle, web_runtime(runtime))
    written = time.process_time() - started
    page = folder / "page.html"
    page.write_text(text, "utf-8")
    first = statistics.median(opened(chrome, page) for _ in range(OPENINGS))
    answers = statistics.median(chrome.execute_async_script(ANSWER % ANSWERS))
    apart = float(chrome.execute_script("return document.body.dataset.apart"))
    sizes = [round(bundle.manifest.files[f].bytes / 1e3) if f in bundle.manifest.files else 0 for f in _GRAPHS]
    size = round(page.stat().st_size / 1e6, 2)
    return [bundle.schema.target.name, *sizes, size, round(written, 1), round(first, 2), round(answers, 1), apart]


_GRAPHS = (GRAPH, CONTRIBUTIONS)

if __name__ == "__main__":
    sys.exit(main())
