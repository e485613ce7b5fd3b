"""How much an answer may take."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

GB, MB = 1 << 30, 1 << 20
SPARE_TASKS = 256
"""Processes and threads that an answer may start, beyond those the user has already."""


@dataclass(frozen=True)
class Limits:
    """``wall`` and ``cpu`` in seconds, ``memory`` (address space) and ``file`` in bytes."""

    wall: float = 30.0
    cpu: int = 15
    memory: int = 6 * GB
    file: int = 32 * MB

    def as_resources(self) -> dict[str, int]:
        """By the names of the module `resource`. The system counts all tasks of a user, not those of an answer
        alone."""
        known = {"RLIMIT_CPU": self.cpu, "RLIMIT_AS": self.memory, "RLIMIT_FSIZE": self.file, "RLIMIT_CORE": 0}
        tasks = _tasks()
        return known | ({"RLIMIT_NPROC": tasks + SPARE_TASKS} if tasks else {})


def _tasks() -> int:
    """Processes and threads of this user; 0 where the system does not tell (it has no /proc)."""
    return sum(map(_threads, Path("/proc").glob("[0-9]*")))


def _threads(process: Path) -> int:
    """Of a process of this user; those that end while they are counted do not count."""
    try:
        mine = process.stat().st_uid == os.getuid()
        return len(list((process / "task").iterdir())) if mine else 0
    except OSError:
        return 0
