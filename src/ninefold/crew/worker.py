"""A worker: reads jobs as JSON lines from a pipe, writes its process id and then answers as JSON lines to another."""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from ninefold.core.protocols import FitJob


def work(run: Path, jobs: int, answers: int, memory: int) -> None:
    """Do jobs until there are no more to come. What learners start belongs to the worker's group, and dies with it."""
    os.setsid()
    _limit(memory)
    threading.Thread(target=_die_with, args=(os.getppid(),), daemon=True).start()
    with suppress(BrokenPipeError):  # nobody waits for it any more: it ends when it finds no jobs
        _send(answers, b"%d" % os.getpid())
    from ninefold.crew.desk import Desk
    from ninefold.crew.fitting import do

    desk: Desk | None = None
    with os.fdopen(jobs, "rb") as lines:
        for line in lines:
            job = msgspec.json.decode(line, type=FitJob)
            desk = desk or Desk(run)
            _send(answers, msgspec.json.encode(do(job, desk)))


def _send(pipe: int, line: bytes) -> None:
    left = memoryview(line + b"\n")
    while left:
        left = left[os.write(pipe, left) :]


def end(worker: int) -> None:
    """Kill a worker, and all that it has started."""
    for kill in (os.killpg, os.kill):  # it has no group of its own before its first breath
        with suppress(ProcessLookupError, PermissionError):
            kill(worker, signal.SIGKILL)


def _limit(memory: int) -> None:
    """A learner that asks for more is told so, and costs its own trial; what was there before the fork is not counted.

    Linux alone counts what is allocated and not what is mapped, as libraries map far more than they use.
    """
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[5])
        most = memory + pages * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _die_with(parent: int) -> None:
    """End at once when the processes above are gone, also in the middle of a fit."""
    while os.getppid() == parent:
        time.sleep(0.5)
    end(os.getpid())
