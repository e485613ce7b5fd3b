"""What a reader types at practice, and the two letters that mean something everywhere."""

from __future__ import annotations

from rich.console import Console


class Leave(Exception):
    """The reader wants to end."""


class Skip(Exception):
    """The reader wants another card."""


def typed(console: Console, prompt: str) -> str:
    """What the reader types, spaces around it left out.

    Raises:
        Leave: on q. Skip: on s.
    """
    said = console.input(prompt).strip()
    if said.lower() in {"q", "s"}:
        raise Leave if said.lower() == "q" else Skip
    return said
