"""A table with a row for each moment becomes one with a row for each series: the one way of training and serving."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ninefold_runtime import wire
from ninefold_runtime.errors import TableError
from ninefold_runtime.schema import Column, Folding, Schema

ONLY = "all"
"""The series of a table that names none."""
Places = NDArray[np.intp]
Table = Mapping[str, Sequence[object]]


def places(folding: Folding, ids: Sequence[str], times: NDArray[Any] | None) -> list[Places]:
    """Of each series (each window of one), where its moments are in the table, in their order.

    ``ids`` [N] as `wire.text` writes them, ``times`` [N] wired. Moments without an id or a time are in none. Series
    come in the order in which the table first names them.
    """
    known: dict[str, int] = {}
    codes = np.fromiter((known.setdefault(name, len(known)) for name in ids), np.intp, len(ids))
    there = codes != known.get("", -1)
    if times is not None:
        there &= ~wire.absent(times)
    order = np.flatnonzero(there)
    keys = (codes[order],) if times is None else (times[order], codes[order])
    order = order[np.lexsort(keys)]
    parts = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1) if len(order) else []
    return [window for part in parts for window in _windows(folding, part)]


def _windows(folding: Folding, part: Places) -> Iterator[Places]:
    """The whole series where no windows are wished for; what is shorter than a window is one."""
    if folding.horizon:
        yield part[-folding.window :]
        return
    if not folding.window:
        yield part
        return
    for start in range(0, max(len(part) - folding.window, 0) + 1, folding.step):
        yield part[start : start + folding.window]


def _times(folding: Folding, table: Table) -> NDArray[Any] | None:
    """The moments of all rows in wire form; None where the table does not say them, and its own order counts."""
    if folding.time is None or folding.time.name not in table:
        return None
    return wire.cells(folding.time, table[folding.time.name])


def member(column: Column) -> Column:
    """How a single value of a series is read."""
    if column.format == "boolean":
        return Column(name=column.name, kind="boolean")
    return Column(name=column.name, kind="number", format=column.format)


def is_long(schema: Schema, table: Table) -> bool:
    """Whether ``table`` has a row for each moment: it names series, and no cell of theirs holds a whole one."""
    if schema.folding is None or (schema.folding.series and schema.folding.series not in table):
        return False
    series = _series(schema, table)
    return bool(series) and not any(_holds_lists(values) for values in series)


def _series(schema: Schema, table: Table) -> list[Sequence[object]]:
    return [table[column.name] for column in schema.columns if column.kind == "series" and column.name in table]


def _holds_lists(values: Sequence[object]) -> bool:
    first = next((value for value in values if not wire.is_missing(value)), None)
    return isinstance(first, (list, tuple)) or hasattr(first, "ndim") or str(first).lstrip().startswith("[")


def folded(schema: Schema, table: Table) -> Table:
    """``table`` with a row for each series (each window of one); as it is, where it is so already.

    Of a column that is no series the first value of each counts; where series are forecast the last, as its moment is
    the one that is looked ahead from.

    Raises:
        TableError: NF-R202 where rows are moments, and nothing says of which series.
    """
    folding = schema.folding
    if folding is None or not is_long(schema, table):
        _refuse_nameless(schema, table)
        return table
    rows = len(next(iter(table.values())))
    ids = [wire.text(value) for value in table[folding.series]] if folding.series else [ONLY] * rows
    where = places(folding, ids, _times(folding, table))
    made: dict[str, Sequence[object]] = {
        name: [values[int(part[-1 if folding.horizon else 0])] for part in where] for name, values in table.items()
    }
    for column in schema.columns:
        if column.kind == "series" and column.name in table:
            numbers = wire.cells(member(column), table[column.name])
            made[column.name] = [numbers[part] for part in where]
    return made


def _refuse_nameless(schema: Schema, table: Table) -> None:
    name = schema.folding.series if schema.folding is not None else ""
    if not name or name in table:
        return
    series = _series(schema, table)
    if any(_holds_lists(values) for values in series) or all(wire.is_missing(v) for values in series for v in values):
        return
    message = f'rows are moments, and there is no column "{name}", which says of which series'
    raise TableError("NF-R202", message, hint="bring it, or a row for each series with a list of numbers in a cell")


def together(schema: Schema, parts: Iterable[Table]) -> Iterator[Table]:
    """The parts of a table, as they come; where rows are moments, folded once all have come."""
    if schema.folding is None:
        yield from parts
        return
    whole: dict[str, list[object]] = {}
    for part in parts:
        for name, values in part.items():
            whole.setdefault(name, []).extend(values)
    yield folded(schema, whole)


def series_named(schema: Schema, table: Table) -> dict[str, Sequence[object]]:
    """What tells the rows of a folded table apart: the columns to write beside their predictions."""
    folding = schema.folding
    if folding is None:
        return {}
    wanted = (folding.series, folding.time.name if folding.time is not None and folding.window else "")
    return {name: table[name] for name in wanted if name in table}
