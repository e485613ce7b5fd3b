"""An append-only log of finished work: what is in it survives kill -9, a full disk and a torn last line."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ninefold_runtime.files import write_whole

T = TypeVar("T")


class Journal:
    """One record a line, each with its checksum; a record counts once `add` has returned.

    Every record is flushed to the disk. A line that is torn or altered is passed over when read, and the next
    record starts on a fresh line, so that damage costs one record and never the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, kind: str, record: Any) -> None:
        """Append one record of ``kind``.

        Raises:
            OSError: when the disk is full or the file cannot be written; earlier records are unharmed.
        """
        body = msgspec.json.encode({"kind": kind, "record": record})
        line = b"%08x %s\n" % (zlib.crc32(body), body)
        with self._path.open("ab") as file:
            if file.tell() and not self._ends_whole():
                line = b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def read(self, kind: str, of: type[T]) -> list[T]:
        """All whole records of ``kind``, in order."""
        if not self._path.exists():
            return []
        found = []
        for line in self._path.read_bytes().splitlines():
            body = _checked(line)
            if body is not None and body.get("kind") == kind:
                found.append(msgspec.convert(body["record"], of))
        return found

    def keep(self, wanted: Callable[[str, dict[str, Any]], bool]) -> None:
        """Forget all records but those whose kind and content are ``wanted``, and lines that are damaged."""
        lines = self._path.read_bytes().splitlines() if self._path.exists() else []
        whole = [(line, body) for line in lines if (body := _checked(line)) is not None]
        kept = [line for line, body in whole if wanted(body["kind"], body["record"])]
        if len(kept) < len(lines):
            write_whole(self._path, b"".join(line + b"\n" for line in kept))

    def clear(self) -> None:
        """Forget everything, when the records are about another search."""
        self._path.unlink(missing_ok=True)

    def _ends_whole(self) -> bool:
        with self._path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"


def _checked(line: bytes) -> dict[str, Any] | None:
    checksum, _, body = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(body):
        return None
    decoded: dict[str, Any] = msgspec.json.decode(body)
    return decoded
