"""What a run reads again is as it was written, or it is made anew: documents that carry a seal, and files whose
checksums are kept in them."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

_SEAL = re.compile(rb'\{\s*"seal": "([0-9a-f]{64})",')
_CHUNK = 1 << 22


def sealed(document: bytes) -> bytes:
    """A JSON object with one member more, its first: the SHA-256 of the rest."""
    return b'{\n  "seal": "%s",' % _digest(document) + document[1:]


def unsealed(data: bytes) -> bytes | None:
    """What `sealed` was given; None where a byte of it has changed since, or it never had a seal."""
    seal = _SEAL.match(data)
    document = b"{" + data[seal.end() :] if seal else b""
    return document if seal and seal[1] == _digest(document) else None


def checksums(paths: Iterable[Path], root: Path) -> dict[str, str]:
    """Size and CRC-32 of files below ``root``, by path from there; of a folder, those of all files in it.

    Hidden files are what a stopped process left half written; nobody reads them.
    """
    files = {file for path in paths for file in (path.rglob("*") if path.is_dir() else (path,)) if _counts(file)}
    return {str(file.relative_to(root)): checksum(file) for file in sorted(files)}


def intact(known: Mapping[str, str], root: Path) -> bool:
    """Whether the files that `checksums` was told of are there and unchanged."""
    return all(_counts(root / name) and checksum(root / name) == sum_ for name, sum_ in known.items())


def checksum(path: Path) -> str:
    """Size and CRC-32 of a file.

    Raises:
        OSError: when it cannot be read.
    """
    size = crc = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            size, crc = size + len(chunk), zlib.crc32(chunk, crc)
    return f"{size}-{crc:08x}"


def _counts(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".")


def _digest(document: bytes) -> bytes:
    return hashlib.sha256(document).hexdigest().encode()
