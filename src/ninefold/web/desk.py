"""What the app works with: its folders, its secrets, and the processes it started."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

LARGEST_UPLOAD = 2_000_000_000
UPLOADS = "uploads"
"""Where uploads lie among the runs."""


@dataclass(frozen=True)
class Desk:
    """One app. ``folder`` is where it was started: tables are read from there and from the uploads, nowhere else.

    ``token`` None means that only this machine can reach the app. ``form_key`` is in every form, so that no other page
    can send one. ``names`` are the host names it answers to; ``any_address`` adds every address in digits.
    """

    folder: Path
    runs: Path
    form_key: str
    token: str | None = None
    names: frozenset[str] = frozenset({"localhost", "127.0.0.1", "::1"})
    any_address: bool = False
    largest_upload: int = LARGEST_UPLOAD
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    """Runs by id that this app started; they go on when it ends."""
    stopping: set[str] = field(default_factory=set)
    """Runs by id that were asked to stop with the best so far."""
    ending: list[bool] = field(default_factory=list)
    """Not empty when the app is asked to end: streams then close."""

    code_key: str = field(default_factory=lambda: secrets.token_hex(6))
    """Whoever can read the pages may not therefore run code as this user: that takes what the terminal shows."""
    tell: Callable[[str], None] = print
    """How the terminal is told something."""
    said: list[str] = field(default_factory=list)
    """What it was told, which is not said twice."""

    def say_key(self) -> None:
        """Tell the terminal the key, once."""
        if not self.said:
            self.said.append(self.code_key)
            self.tell(f"The key for code in practice: {self.code_key}")

    @property
    def uploads(self) -> Path:
        return self.runs / UPLOADS
