"""What is handed to a database: its address as it may be shown, and the query that it needs."""

from __future__ import annotations

from ninefold.collect.source import Given
from ninefold.core.errors import SourceError


def shown_url(url: str) -> str:
    """The address without its password and without its options, which may hold one too."""
    scheme, _, rest = url.partition("?")[0].partition("://")
    login, at, place = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    return f"{scheme}://{user}{':***' if colon else ''}{at}{place}"


def query_to(given: Given) -> str:
    """The query that goes with the address.

    Raises:
        SourceError: when there is none.
    """
    if not given.query:
        hint = 'for example: --query "select * from sales"'
        raise SourceError("NF-E109", f"{shown_url(given.data)} needs a query", hint=hint)
    return given.query
