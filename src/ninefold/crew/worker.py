"""A worker process: reads jobs as JSON lines on its standard input, writes answers as JSON lines to a pipe.

python -m ninefold.crew.worker RUN_FOLDER ANSWER_FD
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import msgspec

from ninefold.core.protocols import FitJob


def main(run: Path, answers: int) -> None:
    threading.Thread(target=_die_with, args=(os.getppid(),), daemon=True).start()
    _warm()
    from ninefold.crew.desk import Desk
    from ninefold.crew.fitting import do

    desk: Desk | None = None
    for line in sys.stdin.buffer:
        job = msgspec.json.decode(line, type=FitJob)
        desk = desk or Desk(run)
        _send(answers, msgspec.json.encode(do(job, desk)))


def _warm() -> None:
    """Import what most fits need, while the main process still reads the table."""
    import lightgbm
    import polars
    import scipy.optimize
    import sklearn.tree

    import ninefold.forms.recipe

    del lightgbm, polars, scipy, sklearn, ninefold


def _send(pipe: int, answer: bytes) -> None:
    left = memoryview(answer + b"\n")
    while left:
        left = left[os.write(pipe, left) :]


def _die_with(parent: int) -> None:
    """End at once when the main process is gone, also in the middle of a fit."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
