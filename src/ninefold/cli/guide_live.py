"""A page of the guide in marimo: a copy in the working folder, which is the reader's to change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import typer

from ninefold.cli.terminal import remarks, words
from ninefold.core.errors import MissingExtra
from ninefold.guide.page import Page


def open_live(page: Page) -> None:
    """Copy the page here, unless a copy is here already, and edit it until Ctrl-C.

    Raises:
        MissingExtra: NF-E401 when marimo is absent.
        Exit: with marimo's code.
    """
    if find_spec("marimo") is None:
        raise MissingExtra.of("The guide's live pages", "guide")
    copy = Path.cwd() / page.path.name
    if not copy.exists():
        shutil.copy(page.path, copy)
    remarks().print(words("yours to change  ", (str(copy), "cyan")), soft_wrap=True)
    command = [sys.executable, "-m", "marimo", "edit", "--skip-update-check", "--no-sandbox", str(copy)]
    raise typer.Exit(
        subprocess.run(command, env={**os.environ, "MARIMO_SKIP_UPDATE_CHECK": "1"}, check=False).returncode
    )
