"""A table as it came, next to what the schema expects: wired, with a note on everything that did not fit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime import pictures, wire
from ninefold_runtime.errors import TableError, nearest
from ninefold_runtime.folding import folded
from ninefold_runtime.limits import Limits
from ninefold_runtime.schema import Column, Kind, Schema

Array = NDArray[Any]
Trouble = Literal["missing column", "unknown column", "unreadable value", "unseen category", "out of range"]


class Note(msgspec.Struct, frozen=True):
    """Something that did not fit, in ``rows`` rows; the prediction was made all the same."""

    kind: Trouble
    column: str
    message: str
    rows: int = 1
    suggestions: tuple[str, ...] = ()


def wired(schema: Schema, columns: Mapping[str, Sequence[object]]) -> tuple[dict[str, Array], int, list[Note]]:
    """The arrays of the graph's inputs, the number of rows, and notes.

    Raises:
        TableError: NF-R201 when columns differ in length.
    """
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        shown = ", ".join(f"{name}: {len(values)}" for name, values in list(columns.items())[:5])
        hint = "give each column one value per row"
        raise TableError("NF-R201", f"the columns differ in length ({shown})", hint=hint)
    rows = lengths.pop() if lengths else 0
    ready = wire.from_columns(schema, columns, rows)
    notes = name_notes(schema, columns, rows) if rows else []
    notes += [unreadable_note(name, count) for name, count in ready.unreadable.items()]
    for column in schema.columns:
        note = _unseen(column, ready.arrays[column.name]) or _outside(column, ready.arrays[column.name])
        notes += [note] if note else []
    return ready.arrays, rows, notes


def columns_of(schema: Schema, table: Any) -> Mapping[str, Sequence[object]]:
    """The columns of a mapping of columns, of a data frame (pandas, polars), or of a sequence of rows; with a row for
    each series, where they have one for each moment."""
    if isinstance(table, Mapping):
        return folded(schema, table)
    if hasattr(table, "columns"):
        return folded(schema, {str(name): table[name].to_list() for name in table.columns})
    return folded(schema, by_column(schema, table))


def by_column(schema: Schema, rows: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    """Rows turned into columns; a column that some rows lack is None there, one that all lack is left out."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names} or {schema.names[0]: [None] * len(rows)}


def name_notes(schema: Schema, given: Iterable[str], rows: int = 1) -> list[Note]:
    """Notes on missing and unknown columns; ignored columns and the target pass without one."""
    given = tuple(given)
    names = set(given)
    known = {*schema.names, *schema.ignored, *schema.target.columns}
    missing = [column.name for column in schema.columns if column.name not in names and not column.optional]
    notes = [missing_note(name, rows) for name in missing]
    return notes + [_unknown(name, missing or schema.names, rows) for name in dict.fromkeys(given) if name not in known]


def refuse_foreign(schema: Schema, given: Iterable[str]) -> None:
    """A single column that is missing is taken as unknown; a table that has none of them is another table.

    Raises:
        TableError: NF-R202.
    """
    needed, given = [column.name for column in schema.columns if not column.optional], tuple(given)
    if not needed or {*schema.names} & {*given}:
        return
    asked = ", ".join(needed[:5]) + (" …" if len(needed) > 5 else "")
    close = [name for name in given if nearest(name, needed)]
    found = f'"{close[0]}" is close to "{nearest(close[0], needed)[0]}"; ' if close else ""
    hint = f"{found}give a table with the columns that training saw, under their names"
    raise TableError("NF-R202", f"the table has none of the columns that the bundle asks for: {asked}", hint=hint)


def _unknown(name: str, choices: Iterable[str], rows: int) -> Note:
    close = nearest(name, choices)
    ask = f'; did you mean "{close[0]}"?' if close else ""
    return Note("unknown column", name, f'column "{name}" is not known{ask}', rows, tuple(close))


def missing_note(name: str, rows: int = 1) -> Note:
    return Note("missing column", name, f'column "{name}" is missing: taken as unknown', rows)


def unreadable_note(name: str, rows: int) -> Note:
    what = "1 value" if rows == 1 else f"{rows:,} values"
    return Note("unreadable value", name, f'column "{name}": {what} cannot be read: taken as unknown', rows)


def unseen_note(name: str, value: str, rows: int) -> Note:
    return Note("unseen category", name, f'column "{name}" never had the value "{value[:80]}" in training', rows)


def range_note(column: Column, value: float, rows: int) -> Note:
    message = (
        f'column "{column.name}" was between {column.minimum:g} and {column.maximum:g} in training, never {value:g}'
    )
    return Note("out of range", column.name, message, rows)


def known_range(column: Column) -> tuple[float, float]:
    """Between which a number was met in training; all numbers where the schema does not say."""
    if column.kind != "number" or column.minimum is None or column.maximum is None:
        return -math.inf, math.inf
    return column.minimum, column.maximum


def closed_levels(column: Column) -> frozenset[str] | None:
    """All levels of a category, or None where the schema does not list them all."""
    if column.kind != "category" or not column.levels or len(column.levels) < column.distinct:
        return None
    return frozenset(column.levels)


def _unseen(column: Column, array: Array) -> Note | None:
    levels = closed_levels(column)
    if levels is None:
        return None
    values = array.tolist()
    new = set(values) - levels - {""}
    if not new:
        return None
    strangers = [value for value in values if value in new]
    return unseen_note(column.name, strangers[0], len(strangers))


def _outside(column: Column, array: Array) -> Note | None:
    low, high = known_range(column)
    if low == -math.inf:
        return None
    strangers = array[(array < low) | (array > high)]
    return range_note(column, float(strangers[0]), len(strangers)) if len(strangers) else None


def refuse_misfits(schema: Schema, columns: Mapping[str, Sequence[object]], arrays: Mapping[str, Array]) -> None:
    """The strict reading of the service: what the lenient one only notes is an error that names row and column.

    Raises:
        TableError: NF-R202 unknown column, NF-R203 a value that its column's kind cannot hold (rows count from 0).
    """
    for note in name_notes(schema, columns):
        if note.kind == "unknown column":
            raise TableError("NF-R202", note.message, column=note.column, suggestions=list(note.suggestions))
    for column in schema.columns:
        values = columns.get(column.name, ())
        row = _first_misfit(column, values, arrays[column.name])
        if row is not None:
            message = f'row {row}, column "{column.name}": {_shown(values[row])} is not {_A[column.kind]}'
            raise TableError("NF-R203", message, hint=_GIVE.get(column.kind, ""), row=row, column=column.name)


_A: dict[Kind, str] = {kind: f"a {kind}" for kind in get_args(Kind)} | {
    "id": "an id",
    "image": "an image",
    "series": "a series",
}
_GIVE: dict[Kind, str] = {
    "image": "send an image file, in JSON as base64, a data URI or nested lists of numbers",
    "series": "send a list of numbers: a row is a whole series, not a moment of one",
}


def _first_misfit(column: Column, values: Sequence[object], array: Array) -> int | None:
    if not len(values):
        return None
    row = _wrong_type(column, values)
    if row is not None or column.wire == "text":
        return row
    lost = (int(row) for row in np.flatnonzero(wire.absent(array)))
    return next((row for row in lost if not wire.is_missing(values[row])), None)


def _wrong_type(column: Column, values: Sequence[object]) -> int | None:
    """The first value of a type that is never right, however it could be read."""
    if hasattr(values, "dtype"):
        return None
    wrong = ({dict} if column.shape else {list, dict}) | ({bool} if column.kind in {"number", "datetime"} else set())
    if wrong.isdisjoint(map(type, values)):
        return None
    return next(row for row, value in enumerate(values) if type(value) in wrong)


def refuse_large(schema: Schema, columns: Mapping[str, Sequence[object]], limits: Limits) -> None:
    """Raises TableError: NF-R221 too many rows, NF-R222 a text of too many characters, NF-R224 images of too many
    pixels, which may have as many characters as the body."""
    rows, longest = limits.rows, limits.text
    images = {column.name for column in schema.columns if column.kind == "image"}
    lengths = [(name, len(values)) for name, values in columns.items()]
    if lengths and lengths[0][1] > rows:
        hint = "send them in several requests"
        raise TableError("NF-R221", f"{lengths[0][1]:,} rows are more than {rows:,}", hint=hint)
    for name, values in columns.items():
        texts = [] if name in images or hasattr(values, "dtype") else [value for value in values if type(value) is str]
        if max(map(len, texts), default=0) > longest:
            row, value = next((i, v) for i, v in enumerate(values) if isinstance(v, str) and len(v) > longest)
            message = f'row {row}, column "{name}": a text of {len(value):,} characters is longer than {longest:,}'
            raise TableError("NF-R222", message, row=row, column=name)

    if sum(pictures.area(value) for name in images for value in columns.get(name, ())) > limits.pixels:
        hint = "send them in several requests, or smaller"
        raise TableError("NF-R224", f"the images have more than {limits.pixels:,} pixels together", hint=hint)


def _shown(value: object) -> str:
    text = repr(value[:80] if isinstance(value, (str, bytes)) else value)
    return text if len(text) <= 60 else text[:57] + "..."
