"""What a user wants of the monitor of a service."""

from __future__ import annotations

import msgspec

OFF = "off"


class Monitoring(msgspec.Struct, frozen=True):
    """How what is served is watched. ``where``: a history's file or URL, "off", or None for the usual place.
    ``webhook`` and ``command`` are told of drift; ``secret`` signs what the webhook gets."""

    where: str | None = None
    webhook: str | None = None
    secret: str | None = None
    command: tuple[str, ...] = ()
