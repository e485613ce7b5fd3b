"""Bytes of a text file to UTF-8: unpacking, byte order marks, guessed encodings, NUL bytes, and what is no text."""

from __future__ import annotations

import codecs
import gzip
import zlib

from ninefold.core.errors import SourceError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NOT_TABLES = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy array",
    b"\x7fELF": "a program",
    b"\x80\x04": "a pickle, which could run code",
    b"\x80\x05": "a pickle, which could run code",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
}
_WEST = ["cp1252", "latin_1", "cp1250", "mac_roman", "cp437"]
_CANDIDATES = [*_WEST, "cp1251", "koi8_r", "cp1253", "shift_jis", "euc_jp", "euc_kr", "big5", "gb18030"]
_CONTROL = bytes(code for code in range(32) if code not in b"\0\t\n\r\x0c\x1a\x1b\x1c\x1d\x1e\x1f")
_CHUNK = 1 << 24
_ENOUGH, _WESTERN = 16, 0.3


def unpacked(data: bytes, name: object) -> bytes:
    """The content of a gzip file, or ``data`` itself.

    Raises:
        SourceError: NF-E103 when the gzip file is torn.
    """
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise SourceError("NF-E103", f"{name} is a torn gzip file: {error}", hint="compress it again") from error


def as_utf8(data: bytes, name: object) -> tuple[bytes, list[str]]:
    """The text as valid UTF-8 without mark and NUL bytes, and notes on what was done to it.

    Raises:
        SourceError: NF-E103 when the bytes are no text.
    """
    mark, encoding = next(((mark, e) for mark, e in _MARKS if data.startswith(mark)), (b"", _unmarked_wide(data)))
    if encoding is None:
        _refuse_binary(data, name)
    notes = []
    if encoding in {None, "utf-8"}:
        data = data.removeprefix(mark)
        encoding = None if _is_utf8(data) else _guessed(data)
    if encoding:
        data = data[len(mark) :].decode(encoding, errors="replace").encode()
        notes.append(f"read as {encoding.replace('_', '-')}")
    nuls = data.count(b"\0")
    if nuls:
        data = data.replace(b"\0", b"")
        notes.append(f"{nuls:,} NUL bytes left out")
    return data.rstrip(b"\x1a"), notes


def _refuse_binary(data: bytes, name: object) -> None:
    looks = next((what for magic, what in _NOT_TABLES.items() if data.startswith(magic)), None)
    head = data[:4096]
    if looks is None and len(head.translate(None, _CONTROL)) < 0.95 * len(head):
        looks = "a binary file"
    if looks:
        hint = "save it as CSV, Parquet or JSON Lines"
        raise SourceError("NF-E103", f"{name} is not a table: it looks like {looks}", hint=hint)


def _unmarked_wide(data: bytes) -> str | None:
    """UTF-16 without a mark shows as NUL in every second byte."""
    head = data[:4096]
    half = len(head) // 2
    if half and head[1::2].count(0) > 0.4 * half:
        return "utf-16-le"
    return "utf-16-be" if half and head[::2].count(0) > 0.4 * half else None


def _is_utf8(data: bytes) -> bool:
    """In pieces, so that no second copy of a large file is made."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(data[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guessed(data: bytes) -> str:
    """UTF-8 where only a few bytes are broken; cp1252 where few letters are not ASCII, as in western Europe; else
    what charset-normalizer finds most like text. It is not asked about short samples, on which it is often wrong."""
    from charset_normalizer import from_bytes

    lines = [line for line in data[: 1 << 22].splitlines() if not line.isascii()]
    sample = b"\n".join(lines)[: 1 << 16] or data[-(1 << 16) :]
    text = sample.decode("utf-8", errors="replace")
    if sum(not char.isascii() for char in text) > 20 * text.count("\ufffd"):
        return "utf-8"
    high = sum(byte > 127 for byte in sample)
    letters = high + sum(chr(byte).isalpha() for byte in sample if byte < 128)
    if high < _ENOUGH or high < _WESTERN * letters:
        return "cp1252"
    best = from_bytes(sample, cp_isolation=_CANDIDATES).best()
    return "cp1252" if best is None or best.encoding == "latin_1" else best.encoding
