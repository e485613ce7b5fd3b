"""The nursery: one process that imports what learners need and forks workers, so that a new worker costs milliseconds.

    python -m ninefold.crew.nursery RUN_FOLDER SOCKET_FD

For each worker the main process sends two pipe ends through the socket: where jobs come from, where answers go. No
thread is running here when it forks: native libraries are imported, held to one thread, and not yet used.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path

from ninefold.crew.worker import work

HEAVY = ("ninefold.crew.fitting", "ninefold.forms.recipe", "scipy.optimize", "lightgbm", "sklearn.tree", "onnxruntime")


def main(run: Path, door: socket.socket) -> None:
    """Fork a worker for every pair of pipe ends that comes through ``door``; end when it is closed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries workers at once
    for heavy in HEAVY:
        import_module(heavy)
    gc.freeze()
    while True:
        _, ends, _, _ = socket.recv_fds(door, 1, 2)
        if not ends:
            return
        jobs, answers = ends
        if os.fork() == 0:
            door.close()
            work(run, jobs, answers)
            os._exit(0)
        os.close(jobs)
        os.close(answers)


if __name__ == "__main__":
    main(Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2])))
