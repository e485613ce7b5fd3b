"""What a user wants of the monitor of a service."""

from __future__ import annotations

import os
import shlex

import msgspec

from ninefold_runtime.monitor.words import SECRET


class Monitoring(msgspec.Struct, frozen=True):
    """How what is served is watched. ``where``: a history's file or URL, "off", or None for the usual place.
    ``webhook`` and ``command`` are told of drift; ``secret`` signs what the webhook gets."""

    where: str | None = None
    webhook: str | None = None
    secret: str | None = None
    command: tuple[str, ...] = ()


def wish(where: str | None, webhook: str | None, on_drift: str | None) -> Monitoring:
    """From what was said at the command line. The command is split into words once, here; what drifted never is."""
    secret = os.environ.get(SECRET) or None
    return Monitoring(where, webhook, secret, tuple(shlex.split(on_drift or "")))
