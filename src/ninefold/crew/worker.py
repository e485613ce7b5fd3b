"""A worker: reads jobs as JSON lines from a pipe, writes its process id and then answers as JSON lines to another."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import msgspec

from ninefold.core.protocols import FitJob


def work(run: Path, jobs: int, answers: int) -> None:
    """Do jobs until there are no more to come."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    threading.Thread(target=_die_with, args=(os.getppid(),), daemon=True).start()
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


def _die_with(parent: int) -> None:
    """End at once when the processes above are gone, also in the middle of a fit."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
