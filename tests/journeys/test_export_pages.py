"""The commands of the pages on exports are run as they stand, in a folder that holds a bundle."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from interop import HOW_TO, TOOLED

import bundles
from web_page import npm_package

PAGES = sorted({*HOW_TO.glob("export-*.md")} - {HOW_TO / f"export-{to}.md" for to in TOOLED})
"""Those on other destinations are tried with their tools, in test_interop.py."""
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ELSEWHERE = {"aws", "docker", "hf", "kubectl"}
"""Tools that talk to a machine or an account of the user's: their blocks begin with ```sh and are not run."""


def blocks(page: Path, kind: str) -> list[str]:
    return [block for said, block in BLOCK.findall(page.read_text("utf-8")) if said == kind]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    bundles.write(folder / "bundle", sketched=200)
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_work(page: Path, place: Path) -> None:
    script = "\n".join(blocks(page, ""))
    assert script, "a page shows what to type"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "NINEFOLD_ORT_WEB": str(npm_package())}
    said = place / f"{page.stem}.log"
    command = ["bash", "-euo", "pipefail", "-c", script]
    with said.open("wb") as log:
        shell = subprocess.Popen(command, cwd=place, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            code = shell.wait(300)
        finally:
            with suppress(ProcessLookupError):  # a page that fails leaves its server running
                os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
    assert code == 0, f"{script}\n{said.read_text()}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_not_run_needs_what_is_elsewhere(page: Path) -> None:
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    first = {line.split()[0] for line in lines if line and not line.startswith(" ")}
    assert first <= ELSEWHERE
