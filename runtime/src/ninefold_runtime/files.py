"""Files and folders that are either wholly there or as they were before."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def write_whole(path: Path, data: bytes) -> None:
    """Write a file atomically and durably.

    Raises:
        OSError: when it cannot be written; the file at ``path`` is then as it was.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def put_folder(fresh: Path, place: Path) -> None:
    """Move the folder ``fresh`` to ``place``; a folder that is there is exchanged for it, then removed.

    On Linux the exchange is one system call, so that ``place`` always exists; elsewhere two renames follow
    each other.
    """
    if not place.exists():
        fresh.rename(place)
        return
    if _exchanged(fresh, place):
        shutil.rmtree(fresh)
        return
    aside = place.with_name(f".{place.name}.{os.getpid()}.old")
    place.rename(aside)
    fresh.rename(place)
    shutil.rmtree(aside)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two paths in one step (Linux ``renameat2``); False where system or filesystem cannot."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    done: int = rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return done == 0
