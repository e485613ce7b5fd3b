"""Lines of JSON in the place of what a person types, and what is said to them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ninefold.cli.terminal import write_line
from ninefold.core.errors import WishError

Line = TypeVar("Line")


def lines(path: str, of: type[Line]) -> Iterator[tuple[int, Line]]:
    """Each line that is not empty, with its number; ``-`` is standard input.

    Raises:
        WishError: NF-E384 when one is not of that form, NF-E386 when there is no such file.
    """
    said = sys.stdin.read() if path == "-" else text(Path(path))
    for number, line in enumerate(said.splitlines(), 1):
        if line.strip():
            try:
                yield number, msgspec.json.decode(line, type=of)
            except msgspec.DecodeError as error:
                raise bad(number, str(error), '{"card": "20-recall", "grade": 3}') from error


def text(path: Path) -> str:
    """What a file holds.

    Raises:
        WishError: NF-E386 when it cannot be read.
    """
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WishError(
            "NF-E386", f"{path} cannot be read: {error}", hint="name a text file", given=str(path)
        ) from error


def bad(line: int, why: str, hint: str) -> WishError:
    """The error that a line is."""
    return WishError("NF-E384", f"answers, line {line}: {why}", hint=hint)


def write(told: dict[str, Any]) -> None:
    write_line(msgspec.json.encode(told).decode())
