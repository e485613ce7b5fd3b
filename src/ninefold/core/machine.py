"""What of the machine this process may use."""

from __future__ import annotations

import os


def processors() -> int:
    """Processors, which a container may limit."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads_wanted() -> int:
    """How many NINEFOLD_THREADS asks for; 0 where it asks for none."""
    wanted = os.environ.get("NINEFOLD_THREADS", "")
    return int(wanted) if wanted.isdigit() else 0


def threads() -> int:
    """How many threads one job may have: those asked for, at most one for each processor."""
    return min(threads_wanted() or processors(), processors())
