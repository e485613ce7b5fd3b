"""Database addresses as they may be shown."""

from __future__ import annotations


def shown_url(url: str) -> str:
    """The address without its password and without its options, which may hold one too."""
    scheme, _, rest = url.partition("?")[0].partition("://")
    login, at, place = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    return f"{scheme}://{user}{':***' if colon else ''}{at}{place}"
