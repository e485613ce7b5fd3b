"""Bodies become columns: JSON by types that are made from the schema, CSV, JSON Lines, Arrow.

The types of `Typed` are a shortcut: what they do not take is read again by `loose`, which takes or refuses it with all
particulars. What both take, both read alike; the tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from ninefold_runtime import arrow, intake
from ninefold_runtime.errors import TableError
from ninefold_runtime.schema import Column, Schema
from ninefold_runtime.table import csv_columns, json_lines
from ninefold_runtime.web import JSON, Refused

Table = Mapping[str, Sequence[object]]
Row = tuple[Any, ...]
"""One cell for each column of the schema, in its order; UNSET where the column was not given."""
_NOT_READ = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Typed:
    """JSON in which every cell has a type that its column can have."""

    def __init__(self, schema: Schema) -> None:
        self._names = schema.names
        self._decoder: Any = None
        others = [name for name in (*schema.ignored, *schema.target.columns) if name not in self._names]
        names = [*self._names, *others]
        if not any(map(_odd, names)):
            self._decoder = _decoder([*map(_cell, schema.columns), *[Any] * len(others)], names)

    def read(self, body: bytes) -> Row | Table | None:
        """A single row, or columns; None where `loose` must have a look.

        A column that no row has is left out, as `intake.by_column` does.
        """
        if self._decoder is None:
            return None
        try:
            sent = self._decoder.decode(body)
        except _NOT_READ:
            return None
        *cells, rows, columns = msgspec.structs.astuple(sent)
        width = len(self._names)
        if rows is UNSET and columns is UNSET:
            return tuple(cells[:width])
        if any(cell is not UNSET for cell in cells) or (rows is not UNSET and columns is not UNSET):
            return None
        return self._turned(rows) if columns is UNSET else self._given(columns)

    def _given(self, columns: Any) -> Table | None:
        given = msgspec.structs.astuple(columns)
        if any(values is not UNSET for values in given[len(self._names) :]):
            return None
        table = {name: values for name, values in zip(self._names, given, strict=False) if values is not UNSET}
        return table if len(set(map(len, table.values()))) <= 1 else None

    def _turned(self, rows: list[Any]) -> Row | Table | None:
        if len(rows) == 1:
            return msgspec.structs.astuple(rows[0])[: len(self._names)]
        table: dict[str, list[Any]] = {}
        for name, values in zip(self._names, zip(*map(msgspec.structs.astuple, rows), strict=True), strict=False):
            gaps = UNSET in values
            if not gaps:
                table[name] = list(values)
            elif any(value is not UNSET for value in values):
                table[name] = [None if value is UNSET else value for value in values]
        return table or None


def _odd(name: str) -> bool:
    """Whether a column has a name that msgspec cannot give a field, or that of a shape."""
    return name in {"rows", "columns"} or any(letter in '"\\' or letter < " " for letter in name)


def _decoder(types: list[Any], names: list[str]) -> Any:
    fields = [f"c{i}" for i in range(len(names))]
    rename = dict(zip(fields, names, strict=True))
    cells = [(field, kind, UNSET) for field, kind in zip(fields, types, strict=True)]
    lists = [(field, list.__class_getitem__(kind), UNSET) for field, kind in zip(fields, types, strict=True)]
    options: dict[str, Any] = {"rename": rename, "forbid_unknown_fields": True, "gc": False}
    row = msgspec.defstruct("Row", cells, **options)
    columns = msgspec.defstruct("Columns", lists, **options)
    body = [*cells, ("rows", list[row], UNSET), ("columns", columns, UNSET)]  # type: ignore[valid-type]
    return msgspec.json.Decoder(msgspec.defstruct("Body", body, **options))


def _cell(column: Column) -> Any:
    if column.kind == "number":
        return float | str | None
    if column.kind == "series":
        return list[float | bool | str | None] | str | None
    if column.wire == "time":
        return int | str | None
    if column.shape:
        return str | list[Any] | None
    return str | int | float | bool | None


def loose(body: bytes, schema: Schema) -> Table:
    """``{"rows": [{…}]}``, ``{"columns": {…}}``, or one row as an object.

    Raises:
        Refused: 400 where it is none of these.
    """
    return table_in(parsed(body), schema)


def parsed(body: bytes) -> dict[str, Any]:
    """A JSON object. Of a key that is given twice the last value counts.

    Raises:
        Refused: 400.
    """
    try:
        sent = msgspec.json.decode(body)
    except _NOT_READ as error:
        raise Refused(400, "Not JSON", str(error) or "it is nested too deeply") from error
    if not isinstance(sent, dict):
        raise Refused(400, "Not a table", _SHAPES)
    return sent


_SHAPES = 'send {"rows": [{…}]}, {"columns": {…}} or one row as an object'


def table_in(sent: dict[str, Any], schema: Schema) -> Table:
    """Of an object that was parsed.

    Raises:
        Refused: 400.
    """
    if isinstance(sent.get("columns"), dict):
        return lists(sent["columns"])
    if isinstance(sent.get("rows"), list):
        return of_rows(sent["rows"], schema)
    for key in {"rows", "columns"}.difference(schema.names, schema.ignored, schema.target.columns):
        if key in sent:
            raise Refused(400, "Not a table", f'"{key}" is not as expected: {_SHAPES}')
    return of_rows([sent], schema)


def of_rows(rows: Sequence[Any], schema: Schema) -> Table:
    """Raises Refused (400) where a row is no object."""
    if not all(isinstance(row, dict) for row in rows):
        raise Refused(400, "Not a table", "each row must be an object from column name to value")
    return intake.by_column(schema, rows)


def lists(columns: dict[str, Any]) -> dict[str, list[Any]]:
    """Raises Refused (400) where a column is no list."""
    for name, values in columns.items():
        if not isinstance(values, list):
            raise Refused(400, "Not a table", f'column "{name}" must be a list of values')
    return columns


def text_in(body: bytes) -> str:
    """Raises Refused (400) where it is not UTF-8."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(400, "Not text", f"the body is not UTF-8 at byte {error.start}") from error


def _lines(body: bytes, _: Schema) -> Table:
    try:
        return json_lines(text_in(body))
    except RecursionError as error:
        raise TableError("NF-R207", "a line is nested too deeply") from error


def _image(body: bytes, schema: Schema) -> Table:
    """One image, as the only one that a row has."""
    images = [column.name for column in schema.columns if column.kind == "image"]
    if len(images) != 1:
        raise Refused(415, "Unsupported media type", "this model takes no single image")
    return {images[0]: [body]}


IMAGES = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/tiff")
READERS: dict[str, Callable[[bytes, Schema], Table]] = {
    JSON: loose,
    "text/csv": lambda body, _: csv_columns(text_in(body)),
    "application/x-ndjson": _lines,
    arrow.MEDIA: lambda body, _: arrow.columns(body),
    **dict.fromkeys(IMAGES, _image),
}
"""How a body of each media type becomes columns."""
