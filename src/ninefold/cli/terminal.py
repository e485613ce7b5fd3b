"""The two streams: answers go to stdout, everything else to stderr.

Colour follows NO_COLOR, FORCE_COLOR, TERM and whether the stream is a terminal.
"""

from __future__ import annotations

import sys

from rich.console import Console
from rich.text import Text

WIDEST = 110


def answers() -> Console:
    return _console(stderr=False)


def remarks() -> Console:
    return _console(stderr=True)


def write_line(line: str) -> None:
    """One line for programs on stdout: no wrapping, no colour, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def words(*parts: str | Text | tuple[str, str]) -> Text:
    """Text of plain and styled pieces; nothing in it is read as markup."""
    return Text.assemble(*parts)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, WIDEST)
    return console
