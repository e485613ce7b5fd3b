"""How much memory there is for a run: the machine's, or less where a container or a limit of the process says so."""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from pathlib import Path

_CONTAINER = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Of the second and of the first version of control groups, as seen from inside."""


def memory() -> int:
    """Bytes that this process and its workers may use together."""
    bounds = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for file in _CONTAINER:
        with suppress(OSError, ValueError):  # absent, or the word max
            bounds.append(int(file.read_text()))
    own, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return min([*bounds, own] if own != resource.RLIM_INFINITY else bounds)
