"""Where the history of a bundle is kept if nothing is said."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from tempfile import gettempdir

from ninefold_runtime.errors import MonitorError
from ninefold_runtime.monitor.postgres import is_postgres


def existing(where: str) -> str:
    """``where``, if there is a history; one that is only to be read is not made.

    Raises:
        MonitorError: NF-R509 when there is none.
    """
    if not is_postgres(where) and not Path(where).expanduser().is_file():
        hint = "serve the bundle, or: ninefold watch BUNDLE FILE --history FILE"
        raise MonitorError("NF-R509", f"there is no history at {where} yet", hint=hint)
    return where


def history_of(folder: Path) -> str:
    """Beside the bundle, in a run the run's folder; where that may not be written, in the user's folder for what
    programs remember (``XDG_STATE_HOME``), by the bundle's path."""
    here = folder.resolve()
    beside = here.parent / f"{here.name}.monitor.sqlite"
    if os.access(beside if beside.exists() else here.parent, os.W_OK):
        return str(beside)
    known = hashlib.sha256(str(here).encode()).hexdigest()[:12]
    return str(_state() / "ninefold" / f"{here.name}-{known}.monitor.sqlite")


def _state() -> Path:
    try:
        return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    except RuntimeError:  # a user without a home, such as that of a container
        return Path(gettempdir())
