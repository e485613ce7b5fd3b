"""Runs as processes of their own: begun, stopped and resumed here, and going on when the app ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from ninefold.core.book import Writer, writer
from ninefold.web.desk import Desk

State = Literal["running", "done", "failed", "stopped"]
ANSWER = "answer.json"
"""What a run that the app began wrote to stdout: its answer or its error."""
_COMMAND = "from ninefold.cli.main import main; main()"


def begin(desk: Desk, folder: Path) -> None:
    """Begin a prepared run, or go on with an interrupted one. Ctrl-C in the app's terminal does not reach it."""
    words = [sys.executable, "-c", _COMMAND, "run", "--resume", str(folder.absolute()), "--json"]
    words += ["--runs", str(desk.runs)]
    desk.stopping.discard(folder.name)
    with (folder / ANSWER).open("wb") as answer, (folder / "stderr.log").open("ab") as remarks:
        desk.children[folder.name] = subprocess.Popen(
            words, cwd=desk.folder, stdin=subprocess.DEVNULL, stdout=answer, stderr=remarks, start_new_session=True
        )


def stop(desk: Desk, folder: Path) -> bool:
    """What Ctrl-C does: the first ends the search and keeps the best, the second gives up. False where nothing runs."""
    found = working(desk, folder)
    if found is None:
        return False
    desk.stopping.add(folder.name)
    os.kill(found.pid, signal.SIGINT)
    return True


def working(desk: Desk, folder: Path) -> Writer | None:
    """The process of a run, this app's or another's; one that is still starting has no budget yet."""
    found = writer(folder)
    if found is not None:
        return found
    child = desk.children.get(folder.name)
    if child is not None and child.poll() is None:
        return Writer(child.pid, (folder / ANSWER).stat().st_mtime)
    return None


def state_of(folder: Path, process: Writer | None, last: str) -> State:
    """``process`` is what `working` says, ``last`` the type of the last event that was read *after* it was asked: a run
    that ends meanwhile is then seen to be done."""
    if process is not None:
        return "running"
    if last == "done":
        return "done"
    return "failed" if error_of(folder) else "stopped"


def error_of(folder: Path) -> dict[str, Any]:
    """The error that a run of this app ended with; empty where there is none. Being stopped is none."""
    try:
        told = msgspec.json.decode(_last((folder / ANSWER).read_bytes().splitlines()))
    except (OSError, msgspec.DecodeError):
        return {}
    error = told.get("error") if isinstance(told, dict) else None
    return error if isinstance(error, dict) and error.get("code") != "NF-E590" else {}


def _last(lines: Sequence[bytes]) -> bytes:
    return lines[-1] if lines else b""
