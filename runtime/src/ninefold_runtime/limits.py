"""How much one client may ask of the service."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    body: int = 32 << 20
    """Bytes of a request's body."""
    single: int = 1 << 20
    """Bytes of a body that holds one row."""
    rows: int = 200_000
    """Rows of a request."""
    text: int = 1 << 16
    """Characters of a cell."""
    pixels: int = 100_000_000
    """Pixels of all images of a request."""
    head: int = 1 << 14
    """Bytes of the request line and the headers."""
    body_seconds: float = 15.0
    """Until the whole body is there."""
    seconds: float = 30.0
    """From the whole body to the answer."""
    explain_seconds: float = 120.0
    waiting: int = 32
    """Large requests that wait for a thread; one more is answered 503."""
    held: int = 256 << 20
    """Bytes of bodies that are not complete yet, of all clients together."""


LIMITS = Limits()
