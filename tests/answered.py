"""An answer to an exercise held against its checks in this process: the sandbox's rules, without its costs."""

from __future__ import annotations

import runpy
import signal
from pathlib import Path
from types import FrameType

import numpy as np

from ninefold.practice.sandbox.exercise import Exercise

PATIENCE = 600
"""Seconds after which an answer is taken to go on for ever."""


def fault(exercise: Exercise, answer: str, folder: Path, seed: int = 0) -> str:
    """Why it fails; empty where it passes every check."""
    (folder / "answer.py").write_text(answer)
    (folder / "checks.py").write_text(exercise.checks)
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(PATIENCE)
    try:
        function = runpy.run_path(str(folder / "answer.py"))[exercise.function]
        checks = runpy.run_path(str(folder / "checks.py"))
        for index, name in enumerate(exercise.names):
            checks[name](function, np.random.default_rng([seed, index]))
    except Exception as error:  # noqa: BLE001  whatever the answer does, it fails by it
        return f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    return ""


def _give_up(number: int, frame: FrameType | None) -> None:
    raise TimeoutError("it goes on for ever")
