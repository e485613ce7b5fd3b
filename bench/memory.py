"""How much memory a process and all that it started take, watched from outside through ``/proc`` (Linux)."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


class Memory(threading.Thread):
    """Watches a process and its descendants; ``peak`` is the largest sum of resident bytes (shared pages count twice),
    ``peak_proportional`` the largest sum where shared pages are divided among the processes that share them."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root, self.over = root, threading.Event()
        self.peak = self.peak_proportional = 0

    def run(self) -> None:
        for turn in range(1_000_000):
            family = list(descendants(self.root))
            self.peak = max(self.peak, sum(map(resident, family)))
            if turn % 5 == 0:
                self.peak_proportional = max(self.peak_proportional, sum(map(proportional, family)))
            if self.over.wait(0.1):
                return


def descendants(pid: int) -> Iterator[int]:
    """The process and all that came from it and still live."""
    yield pid
    for task in _threads(pid):
        for child in _read(task / "children").split():
            yield from descendants(int(child))


def _threads(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except FileNotFoundError:  # it ended meanwhile
        return []


def resident(pid: int) -> int:
    fields = _read(Path(f"/proc/{pid}/statm")).split()
    return int(fields[1]) * PAGE if fields else 0


def proportional(pid: int) -> int:
    lines = _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return ""
