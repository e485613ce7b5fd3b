"""The nursery: one process that imports what learners need and forks workers, so that a new worker costs milliseconds.

    python -m ninefold.crew.nursery RUN_FOLDER SOCKET_FD MEMORY

For each worker the main process sends two pipe ends through the socket: where jobs come from, where answers go. No
thread is running here when it forks: native libraries are imported, held to one thread, and not yet used. When the
socket is closed, also by the death of the main process, the workers are killed with all that they have started.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
from importlib import import_module
from pathlib import Path

from ninefold.crew.worker import end, work

HEAVY = ("ninefold.crew.fitting", "ninefold.forms.recipe", "scipy.optimize", "lightgbm", "sklearn.tree", "onnxruntime")


def main(run: Path, door: socket.socket, memory: int) -> None:
    """Fork a worker for every pair of pipe ends that comes through ``door``; end when it is closed.

    A worker may allocate ``memory`` bytes.
    """
    workers: set[int] = set()
    for heavy in HEAVY:
        import_module(heavy)
    gc.freeze()
    while True:
        _, ends, _, _ = socket.recv_fds(door, 1, 2)
        workers -= set(_buried(workers))
        if not ends:
            break
        jobs, answers = ends
        pid = os.fork()
        if pid == 0:
            door.close()
            work(run, jobs, answers, memory)
            os._exit(0)
        workers.add(pid)
        os.close(jobs)
        os.close(answers)
    for pid in workers:
        end(pid)
    os._exit(0)


def _buried(workers: set[int]) -> list[int]:
    """Those that are dead. What they left running is killed first: until they are buried, their number is theirs."""
    dead = [pid for pid in workers if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)]
    for pid in dead:
        end(pid)
        os.waitpid(pid, 0)
    return dead


if __name__ == "__main__":
    main(Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2])), int(sys.argv[3]))
