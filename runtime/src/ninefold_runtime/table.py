"""Read CSV and JSON Lines into columns of text or values, for the runtime's own command line and service."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec

from ninefold_runtime import photos
from ninefold_runtime.errors import TableError
from ninefold_runtime.rows import tabular

JSON_LINES = {".jsonl", ".ndjson"}
LINES = "text"
"""The column of plain text."""
_LONGEST_FIELD = 1 << 24
_HEAD = 100


def read_table(path: Path) -> dict[str, Any]:
    """The columns of ``name.csv``, ``.tsv``, ``.txt``, ``.jsonl`` or ``.ndjson``, each also as ``.gz``, or of a folder
    of images.

    Raises:
        TableError: NF-R205 the file, NF-R206 its text, NF-R207 its lines.
    """
    return next(read_chunks(path, None))


def read_chunks(path: Path, size: int | None) -> Iterator[dict[str, Any]]:
    """`read_table`, ``size`` rows at a time: no more of the file is held. The first chunk may be without rows."""
    if path.is_dir():
        yield from photos.chunks(path, size)
        return
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield from chunks_of(file, path, size)
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise TableError("NF-R205", f"{path} cannot be read: {why}", hint="check the path") from error
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8: {error.reason} 0x{error.object[error.start]:02x}"
        raise TableError("NF-R206", message, hint="save it as UTF-8") from error


def chunks_of(lines: Iterable[str], path: Path, size: int | None) -> Iterator[dict[str, list[Any]]]:
    """Lines read as the name of their file says."""
    kind = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    if kind == ".txt":
        lines = iter(lines)
        head = list(islice(lines, _HEAD))
        lines = chain(head, lines)
        if not tabular(head):
            return line_chunks(lines, size)
    return (json_chunks if kind in JSON_LINES else csv_chunks)(lines, size)


def csv_columns(text: str) -> dict[str, list[Any]]:
    """Columns of CSV text with a header; comma, semicolon, tab or bar, whichever splits the header most.

    Raises:
        TableError: NF-R207 when there is no header, a name is repeated, or a line has another number of fields.
    """
    return next(csv_chunks(io.StringIO(text, newline=""), None))


def csv_chunks(text: Iterable[str], size: int | None) -> Iterator[dict[str, list[Any]]]:
    """`csv_columns`, ``size`` rows at a time, from lines with their ends; the first chunk may be without rows.

    Separators alone are a row, and a blank line is none, except in a table of one column, which cannot tell them apart.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    text = iter(text)
    first = next(text, "")
    lines = csv.reader(chain([first], text), delimiter=max(",;\t|", key=first.count), strict=True)
    try:
        header = [name.strip() or f"column_{i}" for i, name in enumerate(next(lines, []), start=1)]
        if not header or len(set(header)) < len(header):
            raise TableError("NF-R207", "the first line must name each column once", hint="add or correct the header")
        rows = (_row(line, len(header), lines.line_num) for line in lines if line or len(header) == 1)
        chunk = list(islice(rows, size))
        yield {name: [row[i] for row in chunk] for i, name in enumerate(header)}
        while chunk and (chunk := list(islice(rows, size))):
            yield {name: [row[i] for row in chunk] for i, name in enumerate(header)}
    except csv.Error as error:
        raise TableError("NF-R207", f"line {lines.line_num}: {error}", hint="check the quotes") from error


def line_chunks(text: Iterable[str], size: int | None) -> Iterator[dict[str, list[Any]]]:
    """Plain text as a column ``text`` with a row for each line, ``size`` rows at a time."""
    rows = (line.rstrip("\r\n") for line in text)
    chunk = list(islice(rows, size))
    yield {LINES: chunk}
    while chunk and (chunk := list(islice(rows, size))):
        yield {LINES: chunk}


def csv_rows(text: str) -> list[list[str]]:
    """All rows, cell by cell; which blank lines are rows is as in `csv_chunks`.

    Raises:
        TableError: NF-R207 a quote that does not end.
    """
    lines = _lines(text)
    try:
        rows = list(lines)
    except csv.Error as error:
        raise TableError("NF-R207", f"line {lines.line_num}: {error}", hint="check the quotes") from error
    alone = max(map(len, rows), default=0) == 1
    return [row or [""] for row in rows if row or alone]


def _lines(text: str) -> Any:
    """A `csv.reader` that splits at whichever mark the first line has most."""
    csv.field_size_limit(_LONGEST_FIELD)
    first = text.split("\n", 1)[0]
    mark = max(",;\t|", key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)


def _row(line: list[str], width: int, number: int) -> list[str]:
    line = line or [""]
    if len(line) != width:
        hint = "quote fields that hold the separator"
        raise TableError("NF-R207", f"line {number} has {len(line)} fields, the header {width}", hint=hint)
    return line


def json_lines(text: str) -> dict[str, list[Any]]:
    """Columns of JSON Lines, one object per line; a key that some lines lack is None there.

    Raises:
        TableError: NF-R207 when a line is no JSON object.
    """
    return next(json_chunks(text.split("\n"), None))


def json_chunks(text: Iterable[str], size: int | None) -> Iterator[dict[str, list[Any]]]:
    """`json_lines`, ``size`` rows at a time, from lines; the first chunk may be without rows."""
    rows = (_object(line, number) for number, line in enumerate(text, 1) if line.strip())
    chunk = list(islice(rows, size))
    yield _by_name(chunk)
    while chunk and (chunk := list(islice(rows, size))):
        yield _by_name(chunk)


def _by_name(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise TableError("NF-R207", f"line {number} is not a JSON object: {error}") from error
