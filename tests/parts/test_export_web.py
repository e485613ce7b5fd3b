"""The folder for a web server, in a real browser: its page says what Python says, from the files that were written."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

import bundles
import chromium
from ninefold.core.errors import WishError
from ninefold.export.destination import Subject
from ninefold.export.exporting import export, made
from ninefold_runtime import load
from ninefold_runtime.bundle import read_bundle
from web_page import SAME, filled, npm_package, opened

ROWS = (
    {
        "age": "61.5",
        "fare paid": "12.25",
        "member": "1",
        "port": "Cherbourg",
        "joined": "2024-03-01T12:30:01",
        "remark": "good",
    },
    {"age": "", "fare paid": "", "member": "", "port": "", "joined": "", "remark": ""},
    {"age": "3", "fare paid": "1e2", "member": "0", "port": "Queenstown", "joined": "", "remark": "so so, naïve 😀"},
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    yield from chromium.started(tmp_path_factory.mktemp("profile"))


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    return Subject(read_bundle(bundles.write(tmp_path_factory.mktemp("bundle") / "bundle", background=9)))


@pytest.fixture(scope="module")
def folder(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> Path:
    destination = made("web", [f"runtime={npm_package()}"])
    return export(subject, "web", destination, tmp_path_factory.mktemp("web") / "it").folder


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None: ...


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """A server of static files, as any is."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_it_says_what_python_says_and_asks_its_server_alone(
    browser: webdriver.Chrome, address: str, subject: Subject
) -> None:
    chromium.asked(browser)
    browser.get_log("browser")
    assert "Agrees with the recorded answer" in opened(browser, address)
    model = load(subject.bundle.folder)
    for row in ROWS:
        cells = {
            **row,
            "member": {"1": "yes", "0": "no", "": None}[row["member"]],
            "fare paid": row["fare paid"].replace(".", ","),
        }
        shares = model.predict_one({name: cell or None for name, cell in cells.items()}).probabilities
        assert shares is not None
        assert filled(browser, row) == pytest.approx(list(shares.values()), abs=SAME)
    assert browser.get_log("browser") == []
    asked = chromium.asked(browser)
    assert chromium.outside(asked, address) == []
    assert {name.removeprefix(address) for name in asked} >= {"model.onnx", "contributions.onnx"}


def test_a_graph_that_was_exchanged_is_not_run(browser: webdriver.Chrome, address: str, folder: Path) -> None:
    graph = folder / "model.onnx"
    honest = graph.read_bytes()
    graph.write_bytes(honest.replace(b"Cherbourg", b"Cherbours"))
    try:
        browser.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
        assert "cannot be run here" in opened(browser, address)
    finally:
        graph.write_bytes(honest)
        browser.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": False})


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_no_violation(browser: webdriver.Chrome, address: str, mode: str) -> None:
    chromium.shape(browser, 390, mode)
    opened(browser, address)
    assert chromium.violations(browser) == []


def test_the_policy_lets_in_nothing_but_the_folders_own(folder: Path) -> None:
    text = (folder / "index.html").read_text("utf-8")
    policy = text.split('http-equiv="Content-Security-Policy" content="')[1].split('"')[0]
    assert "default-src &#39;none&#39;" in policy
    assert "connect-src &#39;self&#39;" in policy
    assert "unsafe-inline" not in policy
    assert "blob:" not in policy


def test_the_same_bundle_gives_the_same_bytes(subject: Subject, folder: Path, tmp_path: Path) -> None:
    again = export(subject, "web", made("web", [f"runtime={npm_package()}"]), tmp_path / "it").folder
    names = {path.name for path in folder.iterdir()}
    assert names == {path.name for path in again.iterdir()}
    assert [name for name in names if (folder / name).read_bytes() != (again / name).read_bytes()] == []


def test_the_runtime_is_the_users_to_bring(subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NINEFOLD_ORT_WEB", raising=False)
    with pytest.raises(WishError) as refused:
        export(subject, "web", made("web"), tmp_path / "it")
    assert refused.value.code == "NF-E322"
    monkeypatch.setenv("NINEFOLD_ORT_WEB", str(npm_package()))
    assert export(subject, "web", made("web"), tmp_path / "it").files
