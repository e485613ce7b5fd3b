"""Hold an answer against the checks of an exercise, in a limited process without a network."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from ninefold.practice.sandbox.exercise import Exercise
from ninefold.practice.sandbox.runner import ANSWER, CHECKS, VERDICT
from ninefold.practice.sandbox.verdict import Verdict, read

RUNNER = Path(__file__).with_name("runner.py")
PRINTED = 4_000
"""Letters that are kept of what an answer prints."""
APART = ("unshare", "--map-root-user", "--net")
"""util-linux: a user and a network of one's own, without a device. Not every system lets users have them."""


def examine(exercise: Exercise, answer: str, seed: int | None = None) -> Verdict:
    """Run the checks on random inputs that are new each time, or those of ``seed``.

    Raises:
        OSError: when the disk is full.
    """
    chosen, apart = secrets.randbits(32) if seed is None else seed, can_part()
    with tempfile.TemporaryDirectory(prefix="ninefold-practice-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        _lay_out(folder, exercise, answer, chosen, apart=apart)
        since = time.perf_counter()
        ended = _run(folder, exercise.limits.wall, apart=apart)
        took = time.perf_counter() - since
        checks = read(_lines(folder / VERDICT), ended)
        printed = _text(folder / "printed.txt")[:PRINTED]
    return Verdict(checks, len(exercise.names), printed, "none" if apart else "blocked", took, chosen)


@cache
def can_part() -> bool:
    """Whether this system lets us start a process that has no network at all."""
    if shutil.which(APART[0]) is None:
        return False
    return subprocess.run([*APART, "true"], capture_output=True, check=False).returncode == 0


def _lay_out(folder: Path, exercise: Exercise, answer: str, seed: int, *, apart: bool) -> None:
    """Write the answer, the checks, and the order."""
    order = {
        "function": exercise.function,
        "checks": exercise.names,
        "seed": seed,
        "apart": apart,
        "limits": exercise.limits.as_resources(),
        "path": [str(Path(path).absolute()) for path in sys.path if path],
    }
    for name, text in ((ANSWER, answer), (CHECKS, exercise.checks), ("order.json", json.dumps(order))):
        (folder / name).write_text(text, "utf-8")


def _run(folder: Path, wall: float, *, apart: bool) -> str:
    """Run the runner to its end, or that of its time; why a check that has no end has none."""
    command = [*(APART if apart else ()), sys.executable, "-I", "-B", str(RUNNER), "order.json"]
    with (folder / "printed.txt").open("wb") as printed:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return _reason(process.wait(wall))
        except subprocess.TimeoutExpired:
            return f"stopped after {wall:.0f} s: does a loop never end?"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _environment(folder: Path) -> dict[str, str]:
    """As little as possible: one thread for each library, the folder as home, and where our own packages are."""
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "NINEFOLD_THREADS")
    known = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    known["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return known | dict.fromkeys(threads, "1") | dict.fromkeys(("HOME", "TMPDIR"), str(folder))


def _reason(code: int) -> str:
    if -code in (signal.SIGXCPU, signal.SIGKILL):
        return "stopped: it used up its share of the processor or of memory. Does a loop never end?"
    return f"the process ended by itself ({signal.Signals(-code).name if code < 0 else f'exit code {code}'})"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """What the runner wrote; a line that was cut off as it was stopped is not read."""
    for line in _text(path).splitlines():
        with suppress(json.JSONDecodeError):
            yield json.loads(line)


def _text(path: Path) -> str:
    """What is in a file; nothing where the answer has removed it."""
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
