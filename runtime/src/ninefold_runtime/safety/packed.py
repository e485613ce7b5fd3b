"""A bundle in one zip file: written so that the same files give the same bytes, read into memory, never onto a disk.

Zip files have two tables of contents (before each file, and at the end), room between files, before and behind them,
and readers that differ in which of it they believe. Here the two tables must agree and every byte must belong to a
file or to the one table at the end. Source: PKWARE APPNOTE 6.3.10.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ninefold_runtime.errors import BundleError
from ninefold_runtime.safety.limits import LARGEST_ALL, LARGEST_FILE, MOST_FILES, MOST_RATIO, SMALL

_END, _LOCAL = struct.Struct("<4s4H2LH"), struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _DESCRIBED, _HARMLESS = 0x2041, 0x0008, 0x080E
"""Bits of a file's flags: encryption; sizes behind the data; how hard it was pressed, and that its name is UTF-8."""
_LINK, _PLAIN, _KIND = 0o120000, 0o100000, 0o170000
_LARGEST_TABLE = 1 << 16
_WHEN = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Packed:
    """See `ninefold_runtime.bundle.Files`."""

    path: Path
    contents: Mapping[str, bytes]

    def names(self) -> set[str]:
        return set(self.contents)

    def read(self, name: str, limit: int) -> bytes:
        return self.contents[name][: limit + 1]


def packed(path: Path) -> Packed:
    """Unpack a zip file in memory.

    Raises:
        BundleError: NF-R117 when it is none, or not as plain as `pack` writes them.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_ALL + 1)
    except OSError as error:
        raise BundleError("NF-R106", f"{path} cannot be read: {error.strerror}", refused="unreadable") from error
    if len(data) > LARGEST_ALL:
        raise _unfit("zip-large", f"it is larger than {LARGEST_ALL >> 20} MB")
    table, count = _table(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_gaps(data, archive.infolist(), table, count)
            return Packed(path, {_plain(entry): _opened(archive, entry) for entry in archive.infolist()})
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, struct.error, ValueError) as error:
        raise _unfit("zip-broken", str(error)[:100]) from error


def pack(files: Mapping[str, bytes]) -> bytes:
    """The bytes of a zip file with those files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.create_system, entry.external_attr = 3, (_PLAIN | 0o644) << 16
            pressed = len(zlib.compress(files[name])) * MOST_RATIO // 2 > len(files[name])
            archive.writestr(entry, files[name], _DEFLATED if pressed else _STORED)
    return made.getvalue()


def _table(data: bytes) -> tuple[int, int]:
    """Where the table at the end begins, and how many files it lists."""
    if len(data) < _END.size or data[-_END.size : -_END.size + 4] != b"PK\x05\x06":
        raise _unfit("zip-end", "it does not end where its table of contents ends")
    _, disk, first, here, every, size, start, comment = _END.unpack(data[-_END.size :])
    if disk or first or here != every or comment:
        raise _unfit("zip-end", "it is in several parts, or has a comment")
    if every > MOST_FILES or size > _LARGEST_TABLE:
        raise _unfit("zip-many", f"it holds more than {MOST_FILES} files")
    if start + size != len(data) - _END.size:
        raise _unfit("zip-end", "there is something beside its one table of contents")
    return int(start), int(every)


def _plain(entry: zipfile.ZipInfo) -> str:
    kind = entry.external_attr >> 16 & _KIND
    if kind == _LINK:
        raise _unfit("zip-link", f"{entry.filename[:80]!r} is a link")
    if kind not in {0, _PLAIN} or entry.is_dir():
        raise _unfit("zip-not-plain", f"{entry.filename[:80]!r} is no plain file")
    if entry.flag_bits & _ENCRYPTED:
        raise _unfit("zip-encrypted", f"{entry.filename[:80]!r} is encrypted")
    if entry.flag_bits & ~(_HARMLESS | _DESCRIBED) or entry.compress_type not in {_STORED, _DEFLATED}:
        raise _unfit("zip-method", f"{entry.filename[:80]!r} is packed in another way than stored or deflated")
    if entry.file_size > min(LARGEST_FILE, max(SMALL, MOST_RATIO * entry.compress_size)):
        raise _unfit("zip-ratio", f"{entry.filename[:80]!r} becomes more than {MOST_RATIO} times as large")
    if entry.orig_filename != entry.filename:
        raise _unfit("zip-name", f"{entry.orig_filename[:80]!r} is no name of a file")
    return entry.filename


def _opened(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as file:
        data = file.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise _unfit("zip-size", f"{entry.filename[:80]!r} is not as large as it says")
    return data


def _refuse_gaps(data: bytes, entries: list[zipfile.ZipInfo], table: int, count: int) -> None:
    """Files follow one another from the first byte to the table, and are not there twice."""
    names = [entry.filename for entry in entries]
    if len(names) != count:
        raise _unfit("zip-end", "its table of contents lists another number of files than it says")
    if len(set(names)) < len(names):
        raise _unfit("zip-twice", "a file is in it twice")
    if sum(entry.file_size for entry in entries) > LARGEST_ALL:
        raise _unfit("zip-large", f"it becomes larger than {LARGEST_ALL >> 20} MB")
    at = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset != at:
            raise _unfit("zip-gap", "there is something between its files")
        signature, _, flags, method, _, _, _, _, _, name, extra = _LOCAL.unpack_from(data, at)
        if signature != b"PK\x03\x04" or flags != entry.flag_bits or method != entry.compress_type:
            raise _unfit("zip-two-tables", "its two tables of contents differ")
        at += _LOCAL.size + name + extra + entry.compress_size
        if flags & _DESCRIBED:
            at += 16 if data[at : at + 4] == b"PK\x07\x08" else 12
    if at != table:
        raise _unfit("zip-gap", "there is something between its files and its table of contents")


def _unfit(name: str, why: str) -> BundleError:
    hint = "pack the bundle again with: ninefold pack"
    return BundleError("NF-R117", f"the packed bundle is refused: {why}", hint=hint, refused=name)
