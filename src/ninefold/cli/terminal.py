"""The two streams: answers go to stdout, everything else to stderr.

Colour follows NO_COLOR, FORCE_COLOR, TERM and whether the stream is a terminal.
"""

from __future__ import annotations

import sys

from rich.console import Console
from rich.text import Text

WIDEST = 110
_CONTROLS = {code: "\N{REPLACEMENT CHARACTER}" for code in (*range(10), *range(11, 32), *range(127, 160))}
"""Names and values in a table may hold escape sequences; a terminal must never obey them."""


def answers() -> Console:
    return _console(stderr=False)


def remarks() -> Console:
    return _console(stderr=True)


def write_line(line: str) -> None:
    """One line for programs on stdout: no wrapping, no colour, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def words(*parts: str | Text | tuple[str, str]) -> Text:
    """Text of plain and styled pieces; nothing in it is read as markup, and nothing moves the cursor."""
    return Text.assemble(*map(_harmless, parts))


def plain(text: str, style: str = "") -> Text:
    """Text in one style, as harmless as `words`."""
    return Text(text.translate(_CONTROLS), style)


def _harmless(part: str | Text | tuple[str, str]) -> str | Text | tuple[str, str]:
    if isinstance(part, Text):
        return part
    return part.translate(_CONTROLS) if isinstance(part, str) else (part[0].translate(_CONTROLS), part[1])


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, WIDEST)
    return console
