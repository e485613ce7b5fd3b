"""Whole commands in fresh processes, and what they left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ninefold.core.book import NAMES

ROOT = Path(__file__).resolve().parents[2]
TITANIC = ROOT / "examples" / "titanic.csv"
SCRIPT = Path(sys.executable).with_name("ninefold")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("NINEFOLD_")} | {"NO_COLOR": "1"}


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def answer(self) -> dict[str, Any]:
        """The one JSON object in the last line of stdout."""
        answer: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return answer

    @property
    def events(self) -> list[dict[str, Any]]:
        """With ``--jsonl``: every line of stdout that is an event."""
        lines = [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]
        return [line for line in lines if "type" in line]


def started(*words: object, cwd: Path, **env: str) -> subprocess.Popen[str]:
    command = [str(SCRIPT), *map(str, words)]
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=CLEAN | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(*words: object, cwd: Path, **env: str) -> Ended:
    process = started(*words, cwd=cwd, **env)
    out, err = process.communicate(timeout=180)
    return Ended(process.returncode, out, err)


def chapters(folder: Path) -> list[Path]:
    return [folder / f"{number}-{name}.json" for number, name in enumerate(NAMES, 1)]


def noun(folder: Path, number: int) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(chapters(folder)[number - 1].read_text("utf-8"))["noun"]
    return read


def only_run(cwd: Path) -> Path:
    """The one run folder below ``cwd``."""
    (folder,) = (path for path in (cwd / "runs").iterdir() if path.is_dir())
    return folder
