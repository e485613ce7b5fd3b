"""What a user wants of the monitor of a service."""

from __future__ import annotations

import os
import shlex
import shutil

import msgspec

from ninefold_runtime.errors import MonitorError
from ninefold_runtime.monitor.words import SECRET


class Monitoring(msgspec.Struct, frozen=True):
    """How what is served is watched. ``where``: a history's file or URL, "off", or None for the usual place.
    ``webhook`` and ``command`` are told of drift; ``secret`` signs what the webhook gets."""

    where: str | None = None
    webhook: str | None = None
    secret: str | None = None
    command: tuple[str, ...] = ()


def wish(where: str | None, webhook: str | None, on_drift: str | None) -> Monitoring:
    """From what was said at the command line. The command is split into words once, here; what drifted never is.

    Raises:
        MonitorError: NF-R511 when the command cannot be split, or there is no such program.
    """
    secret = os.environ.get(SECRET) or None
    return Monitoring(where, webhook, secret, _command(on_drift or ""))


def _command(said: str) -> tuple[str, ...]:
    """Looked at when the service starts, not when the first drift would have started it."""
    try:
        words = tuple(shlex.split(said))
    except ValueError as error:
        message = f"--on-drift {said[:80]} is no command: {error}"
        raise MonitorError("NF-R511", message, hint="close what is quoted") from error
    if words and shutil.which(words[0]) is None:
        hint = "give a program that is on the PATH, or its whole path; no shell reads it"
        raise MonitorError("NF-R511", f'--on-drift: there is no program "{words[0][:80]}"', hint=hint)
    return words
