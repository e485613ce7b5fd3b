"""Lines of a file that somebody else still writes, or of a pipe, as they come."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ninefold_runtime.errors import TableError
from ninefold_runtime.rows import last_end

PAUSE = 0.2
"""Seconds between two looks at a file."""
_READ = 1 << 16


def growing(path: Path) -> Iterator[bytes]:
    """Bytes as they come, at most `PAUSE` seconds apart and then empty; ``-`` is stdin, which ends; a file does not.
    A file that has become shorter, or another file, is read from its start.

    Raises:
        TableError: NF-R205 when there is no such file.
    """
    return _piped(sys.stdin.fileno()) if str(path) == "-" else _grown(path)


def _piped(descriptor: int) -> Iterator[bytes]:
    while True:
        ready, _, _ = select.select([descriptor], [], [], PAUSE)
        data = os.read(descriptor, _READ) if ready else b""
        if ready and not data:
            return
        yield data


def _grown(path: Path) -> Iterator[bytes]:
    place, which = 0, -1
    while True:
        try:
            with path.open("rb") as file:
                found = os.fstat(file.fileno())
                if found.st_ino != which or found.st_size < place:
                    place, which = 0, found.st_ino
                file.seek(place)
                while data := file.read(_READ):
                    place += len(data)
                    yield data
        except OSError as error:
            if which == -1:
                raise TableError(
                    "NF-R205", f"{path} cannot be read: {error.strerror}", hint="check the path"
                ) from error
        time.sleep(PAUSE)
        yield b""


def whole_rows(pieces: Iterator[bytes], *, quoted: bool) -> Iterator[str]:
    """Text that ends with the end of a row, '' while nothing has come. With ``quoted``, as in CSV, a line's end between
    quotes is none of a row. What is left when the pieces end is the last row.

    Raises:
        TableError: NF-R206 when it is not UTF-8.
    """
    held = b""
    for piece in pieces:
        held += piece
        end = last_end(held, b'"' if quoted else b"") if piece else 0
        yield _text(held[:end])
        held = held[end:]
    if held.strip():
        yield _text(held + b"\n")


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError("NF-R206", f"what came is not UTF-8: {error.reason}", hint="write UTF-8") from error
