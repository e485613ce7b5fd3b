"""Read CSV and JSON Lines into columns of text or values, for the runtime's own command line and service."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from pathlib import Path
from typing import Any

import msgspec

from ninefold_runtime.errors import TableError

_JSON_LINES = {".jsonl", ".ndjson"}
_LONGEST_FIELD = 1 << 24


def read_table(path: Path) -> dict[str, list[Any]]:
    """The columns of ``name.csv``, ``.tsv``, ``.jsonl`` or ``.ndjson``, each also as ``.gz``.

    Raises:
        TableError: NF-R205 the file, NF-R206 its text, NF-R207 its lines.
    """
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise TableError("NF-R205", f"{path} cannot be read: {why}", hint="check the path") from error
    except UnicodeDecodeError as error:
        raise TableError("NF-R206", f"{path} is not UTF-8 at byte {error.start}", hint="save it as UTF-8") from error
    kind = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    return json_lines(text) if kind in _JSON_LINES else csv_columns(text)


def csv_columns(text: str) -> dict[str, list[Any]]:
    """Columns of CSV text with a header; comma, semicolon, tab or bar, whichever splits the header most.

    Raises:
        TableError: NF-R207 when there is no header, a name is repeated, or a line has another number of fields.
    """
    lines = _lines(text)
    try:
        header = [name.strip() or f"column_{i}" for i, name in enumerate(next(lines, []), start=1)]
        rows = [_row(line, len(header), lines.line_num) for line in lines if line or len(header) == 1]
    except csv.Error as error:
        raise TableError("NF-R207", f"line {lines.line_num}: {error}", hint="check the quotes") from error
    if not header or len(set(header)) < len(header):
        raise TableError("NF-R207", "the first line must name each column once", hint="add or correct the header")
    return {name: [row[i] for row in rows] for i, name in enumerate(header)}


def csv_rows(text: str) -> list[list[str]]:
    """All lines that are not empty, cell by cell.

    Raises:
        TableError: NF-R207 a quote that does not end.
    """
    lines = _lines(text)
    try:
        return [line for line in lines if line]
    except csv.Error as error:
        raise TableError("NF-R207", f"line {lines.line_num}: {error}", hint="check the quotes") from error


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
    rows = [_object(line, number) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise TableError("NF-R207", f"line {number} is not a JSON object: {error}") from error
