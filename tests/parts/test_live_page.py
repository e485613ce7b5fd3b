"""The what-if page in a real browser, from a disk: it says what Python says, and asks nobody else."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest
from selenium import webdriver
from selenium.webdriver.support.wait import WebDriverWait

import bundles
import chromium
from ninefold.cli.report import report
from ninefold.core.errors import WishError
from ninefold.core.problem import Budget, Wishes
from ninefold.report.live import LIVE, live_page
from ninefold.report.web_runtime import WebRuntime, web_runtime
from ninefold.runs import Run, run
from ninefold_runtime import load
from ninefold_runtime.bundle import read_bundle
from pictures import encoded
from web_page import PATIENCE, SAME, filled, npm_package, opened

TASKS = ("multiclass", "regression", "multilabel", "quantile")


@pytest.fixture(scope="module")
def package() -> Path:
    return npm_package()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    yield from chromium.started(tmp_path_factory.mktemp("profile"))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Numbers with gaps, a yes/no column, categories, dates and texts, and a second graph that splits the answer."""
    folder, rng, rows = tmp_path_factory.mktemp("live"), np.random.default_rng(0), 300
    age, port = rng.normal(40, 12, rows), rng.choice(["north", "</script><b>", "east"], rows)
    day = np.datetime64("2024-01-01") + rng.integers(0, 300, rows)
    text = rng.choice(["a quiet sea", "The sea is rough", "no word"], rows)
    score = 0.1 * (age - 40) + (port == "east") + (text == "no word") + 0.3 * rng.normal(size=rows)
    age[rng.random(rows) < 0.1] = np.nan
    columns = {"age": age, "port": port, "day": day, "log": text, "crew": rng.choice(["yes", "no"], rows)}
    pl.DataFrame({**columns, "y": np.where(score > 0.3, "good", "bad")}).write_csv(folder / "table.csv")
    wishes = Wishes(target="y", budget=Budget(None, 24), learners=("logistic_regression", "lightgbm"), keep=("log",))
    return run(folder / "table.csv", wishes, runs=folder / "runs")


@pytest.fixture(scope="module")
def page(finished: Run, package: Path) -> Path:
    report(str(finished.folder), finished.folder.parent, live=True, runtime=package)
    return finished.folder / LIVE


ROWS = (
    {"age": "61.5", "port": "east", "day": "2024-03-01T12:30:01", "log": "The SEA is quiet", "crew": "1"},
    {"age": "", "port": "", "day": "", "log": "", "crew": ""},
    {"age": "-7e1", "port": "</script><b>", "day": "2031-01-01T00:00", "log": "no word, naïve café 😀", "crew": "0"},
)


def test_it_says_what_python_says_and_asks_nobody(browser: webdriver.Chrome, page: Path, finished: Run) -> None:
    chromium.asked(browser)
    browser.get_log("browser")
    assert "Agrees with the recorded answer" in opened(browser, page.as_uri())
    assert float(browser.execute_script("return document.body.dataset.apart")) <= SAME
    model = load(finished.bundle)
    for row in ROWS:
        cells = {**row, "crew": {"1": "yes", "0": "no", "": None}[row["crew"]]}
        shares = model.predict_one({name: cell or None for name, cell in cells.items()}).probabilities
        assert shares is not None
        assert filled(browser, row) == pytest.approx(list(shares.values()), abs=SAME)
    assert browser.get_log("browser") == []
    assert chromium.outside(chromium.asked(browser)) == []


def test_contributions_and_the_sweep_follow_the_row(browser: webdriver.Chrome, page: Path) -> None:
    opened(browser, page.as_uri())
    filled(browser, ROWS[0])
    told = browser.execute_script("return document.getElementById('why-note').textContent")
    assert "not SHAP values" in told
    names = browser.execute_script("return [...document.querySelectorAll('#parts dt')].map(d => d.textContent)")
    assert sorted(names) == ["age", "crew", "day", "log", "port"]
    drawn = browser.execute_script("return document.querySelector('#chart svg').getAttribute('aria-label')")
    assert "if only age were different" in drawn
    browser.execute_script(
        "const v = document.getElementById('vary'); v.value = [...v.options].find(o => o.text === 'port').value;"
        "v.dispatchEvent(new Event('change'))"
    )
    bars = "return document.querySelectorAll('#chart svg rect').length"
    WebDriverWait(browser, PATIENCE).until(lambda b: b.execute_script(bars) == 3)


def test_what_is_no_number_is_marked_and_taken_as_missing(browser: webdriver.Chrome, page: Path) -> None:
    opened(browser, page.as_uri())
    assert filled(browser, {"age": "old"}) == filled(browser, {"age": ""})
    filled(browser, {"age": "0x10"})
    assert browser.execute_script("return document.querySelectorAll('[aria-invalid=true]').length") == 1


@pytest.mark.parametrize(("width", "mode"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_axe_finds_no_violation(browser: webdriver.Chrome, page: Path, width: int, mode: str) -> None:
    chromium.shape(browser, width, mode)
    opened(browser, page.as_uri())
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert chromium.violations(browser) == []


@pytest.mark.parametrize("task", TASKS)
def test_other_tasks_agree_as_well(browser: webdriver.Chrome, package: Path, tmp_path: Path, task: str) -> None:
    place = tmp_path / "page.html"
    bundle = read_bundle(bundles.write(tmp_path / "bundle", task))
    place.write_text(live_page(bundle, web_runtime(package)), "utf-8")
    assert "Agrees with the recorded answer" in opened(browser, place.as_uri())
    assert browser.execute_script("return document.querySelector('.answer').textContent")


def test_images_and_series_are_taken_as_python_takes_them(
    browser: webdriver.Chrome, package: Path, tmp_path: Path
) -> None:
    bundle, place, photo = bundles.write_arrays(tmp_path / "bundle"), tmp_path / "page.html", tmp_path / "photo.png"
    place.write_text(live_page(read_bundle(bundle), web_runtime(package)), "utf-8")
    rng = np.random.default_rng(0)
    photo.write_bytes(encoded(rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)))
    chromium.shape(browser, 390)
    assert "Agrees with the recorded answer" in opened(browser, place.as_uri())
    assert browser.execute_script("return document.getElementById('sweep').hidden")
    browser.find_element("css selector", "input[type=file]").send_keys(str(photo))
    WebDriverWait(browser, PATIENCE).until(lambda b: b.execute_script("return !!document.querySelector('img').src"))
    said = filled(browser, {"pulse": "1, -0.5\n , null 7 8"})
    shares = load(bundle).predict_one({"photo": photo.read_bytes(), "pulse": [1, -0.5, None, None, 7, 8]}).probabilities
    assert shares is not None
    assert said == pytest.approx(list(shares.values()), abs=SAME)
    assert filled(browser, {"pulse": "much"}) == filled(browser, {"pulse": ""}) != said
    assert chromium.violations(browser) == []


def test_a_browser_that_differs_says_so(browser: webdriver.Chrome, package: Path, tmp_path: Path) -> None:
    bundle = read_bundle(bundles.write(tmp_path / "bundle", "regression"))
    honest = live_page(bundle, web_runtime(package))
    facts = honest[honest.index('id="facts">') + len('id="facts">') :].split("</script>")[0]
    said = json.loads(facts)["answer"]["numbers"][0]
    place = tmp_path / "page.html"
    place.write_text(honest.replace(f'"numbers":[{said}]', f'"numbers":[{said + 1e-6}]'), "utf-8")
    assert "do not rely on it" in opened(browser, place.as_uri())


def test_the_page_lets_only_itself_run(tmp_path: Path) -> None:
    bundle = read_bundle(bundles.write(tmp_path / "bundle"))
    named = msgspec.structs.replace(bundle.schema.target, name="<script>alert(1)</script>")
    odd = replace(bundle, schema=msgspec.structs.replace(bundle.schema, target=named))
    text = live_page(odd, WebRuntime("1.0", b"", b""))
    assert "<script>alert" not in text
    policy = text.split('http-equiv="Content-Security-Policy" content="')[1].split('"')[0]
    assert "default-src &#39;none&#39;" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    assert "://" not in text.split("<script", 1)[0]


def test_the_package_may_be_a_folder_or_an_archive(tmp_path: Path) -> None:
    files = {
        "package.json": b'{"version": "1.2.3"}',
        "dist/ort.wasm.bundle.min.mjs": b"script",
        "dist/ort-wasm-simd-threaded.wasm": b"machine code",
    }
    archive = tmp_path / "it.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, data in files.items():
            (tmp_path / "it" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "it" / name).write_bytes(data)
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    assert web_runtime(archive) == web_runtime(tmp_path / "it") == WebRuntime("1.2.3", b"script", b"machine code")


@pytest.mark.parametrize("given", ["nothing", "text", "empty folder", "other archive"])
def test_what_is_no_such_package_is_refused_with_a_way_to_get_it(tmp_path: Path, given: str) -> None:
    path = tmp_path / given
    if given == "text":
        path.write_text("no archive")
    if given == "empty folder":
        path.mkdir()
    if given == "other archive":
        tarfile.open(path, "w").close()
    with pytest.raises(WishError) as refused:
        web_runtime(path)
    assert refused.value.code == "NF-E323"
    assert "\n" not in refused.value.message
    assert "curl" in refused.value.hint
    with pytest.raises(WishError) as absent:
        web_runtime(None)
    assert absent.value.code == "NF-E322"
