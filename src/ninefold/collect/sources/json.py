"""JSON Lines, one object a line, and JSON arrays of objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from ninefold.collect.encoding import unpacked
from ninefold.collect.plain import frame_of
from ninefold.collect.source import Given, Table
from ninefold.core.errors import SourceError

_ENDINGS = {".jsonl", ".ndjson", ".json"}
_LINES_OF: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


@dataclass(frozen=True)
class Json:
    """A key that some objects lack is missing there; nested values are kept and later refused by name."""

    def claim(self, given: Given) -> int:
        if given.suffix in _ENDINGS:
            return 2
        return 2 * given.head.lstrip().startswith((b'{"', b'[{"'))

    def name(self, given: Given) -> str:
        return str(given.data)

    def read(self, given: Given) -> Table:
        assert given.path is not None
        data = unpacked(given.path.read_bytes(), given.data)
        if not data.strip():
            raise SourceError("NF-E104", f"{given.data} is empty", hint="give a file with one object a line")
        try:
            return Table(_frame(data))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            hint = 'JSON Lines has one {"column": value} a line'
            raise SourceError("NF-E103", f"{given.data} is not readable as JSON: {error}", hint=hint) from error


def _frame(data: bytes) -> Any:
    """An array of objects, an object of arrays, or lines of objects."""
    try:
        whole = msgspec.json.decode(data)
    except msgspec.DecodeError:
        whole = _LINES_OF.decode_lines(data)
    if isinstance(whole, dict) and whole and all(isinstance(values, list) for values in whole.values()):
        return frame_of(whole)
    return _of_records(whole if isinstance(whole, list) else [whole])


def _of_records(records: list[Any]) -> Any:
    if not all(isinstance(record, dict) for record in records):
        raise msgspec.DecodeError("every row must be an object")
    names = dict.fromkeys(name for record in records for name in record)
    return frame_of({name: [record.get(name) for record in records] for name in names})
