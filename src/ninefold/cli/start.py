"""What comes before any command: when the process started, threads, and streams that can be written to."""

from __future__ import annotations

import io
import os
import sys
import time
from typing import Literal

STARTED = time.monotonic() - time.process_time()
"""``time.monotonic`` when the process began, for all it did since was compute: a budget counts from here."""

POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")


def limit_threads() -> None:
    """Hand NINEFOLD_THREADS to the thread pools of the libraries, where they are not set one by one."""
    threads = os.environ.get("NINEFOLD_THREADS")
    if threads:
        for pool in POOLS:
            os.environ.setdefault(pool, threads)


def speak_anywhere() -> None:
    """Let both streams replace what their encoding cannot write, so that no sign of ours ends a run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def help_style(words: list[str]) -> Literal["rich"] | None:
    """Panels for the help of one command, which has many options; plain text for the list of commands, which is to
    appear at once (rich costs 0.1 s to load)."""
    return "rich" if any(not word.startswith("-") for word in words) else None
