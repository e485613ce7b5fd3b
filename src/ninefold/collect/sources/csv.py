"""CSV and its relatives: comma, semicolon, tab or pipe between fields, any encoding, gzip or not."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ninefold.collect.delimited import read_blocks, read_delimited
from ninefold.collect.encoding import as_utf8, unpacked
from ninefold.collect.source import Given, Table

if TYPE_CHECKING:
    from polars import DataFrame

BLOCK = 1 << 24


@dataclass(frozen=True)
class Csv:
    """The reader of files that no other reader knows; columns stay text."""

    def claim(self, given: Given) -> int:
        return int(given.path is not None)

    def name(self, given: Given) -> str:
        return str(given.data)

    def blocks(self, given: Given) -> Iterator[DataFrame] | None:
        """Of UTF-8 text, as it is or in gzip."""
        assert given.path is not None
        if not _is_utf8(given.path, zipped=given.head.startswith(b"\x1f\x8b")):
            return None
        texts = _texts(given.path, zipped=given.head.startswith(b"\x1f\x8b"))
        return (table.frame for table in read_blocks(texts, given.data))

    def read(self, given: Given) -> Table:
        assert given.path is not None
        data, notes = as_utf8(unpacked(given.path.read_bytes(), given.data), given.data)
        table = read_delimited(data, given.data)
        return Table(table.frame, (*notes, *table.notes))


def _is_utf8(path: Path, *, zipped: bool) -> bool:
    """Whether the whole file is, without NUL bytes; it is looked at block by block."""
    check = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in _bytes(path, zipped=zipped):
            check.decode(block)
            if b"\0" in block:
                return False
        check.decode(b"", final=True)
    except (UnicodeDecodeError, EOFError, OSError, zlib.error):
        return False
    return True


def _texts(path: Path, *, zipped: bool) -> Iterator[bytes]:
    blocks = _bytes(path, zipped=zipped)
    yield next(blocks, b"").removeprefix(codecs.BOM_UTF8)
    yield from blocks


def _bytes(path: Path, *, zipped: bool) -> Iterator[bytes]:
    with (gzip.open if zipped else open)(path, "rb") as file:
        while block := file.read(BLOCK):
            yield block
