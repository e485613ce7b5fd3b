"""``ninefold run --track``: a finished run in MLflow, by a process of its own, which cannot harm the run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from ninefold.cli.terminal import remarks, words

COMMAND = "from ninefold.cli.main import main; main()"
PATIENCE = 600.0
"""Seconds until a tracking server that does not answer is given up."""


def track(folder: Path, uri: str) -> None:
    """Log a run; where that fails it is told, and nothing else happens."""
    with TemporaryDirectory() as place, remarks().status("logging to MLflow"):
        failed = _failed(
            [str(folder.absolute()), "--set", "log=yes", "--set", f"uri={uri}", "--output", f"{place}/model"]
        )
    if failed is None:
        remarks().print(words(("✓ ", "green"), "logged to MLflow"))
    else:
        remarks().print(words(("! ", "yellow"), f"not logged to MLflow: {failed}"), soft_wrap=True)


def _failed(options: list[str]) -> str | None:
    """Why it was not logged; None where it was."""
    command = [sys.executable, "-c", COMMAND, "export", "--to", "mlflow", *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return f"no answer in {PATIENCE:.0f} seconds"
    return None if done.returncode == 0 else done.stderr.strip()
