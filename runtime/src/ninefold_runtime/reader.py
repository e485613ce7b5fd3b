"""How `Model.predict_one` reads single cells: shortcuts for values that need no work, `wire.reading` for all others.

A shortcut must give exactly what `wire.reading` gives; the tests hold the two together.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from math import isnan
from typing import Any

from ninefold_runtime import wire
from ninefold_runtime.intake import Note, closed_levels, known_range, range_note, unreadable_note, unseen_note
from ninefold_runtime.schema import Column

Read = Callable[[object, list[Note]], Any]
_EXACT = 2**53
_LARGEST = sys.float_info.max


def reader(column: Column) -> Read:
    """A function from a value to the wired cell of ``column``; it appends a note where something did not fit."""
    if column.wire == "text":
        return _text(column)
    if column.shape:
        return _array(column)
    return _number(column) if column.kind == "number" else _plain(column)


def _plain(column: Column) -> Read:
    careful: Callable[[object], Any] = wire.reading(column)
    nothing = wire.NO_TIME

    def read(value: object, notes: list[Note]) -> Any:
        cell = careful(value)
        if (isnan(cell) or cell == nothing) and not wire.is_missing(value):
            notes.append(unreadable_note(column.name, 1))
        return cell

    return read


def _array(column: Column) -> Read:
    careful: Callable[[object], Any] = wire.reading(column)

    def read(value: object, notes: list[Note]) -> Any:
        cell = careful(value)
        if wire.absent(cell[None])[0] and not wire.is_missing(value):
            notes.append(unreadable_note(column.name, 1))
        return cell

    return read


def _number(column: Column) -> Read:
    careful = _plain(column)
    low, high = known_range(column)
    least, most = max(low, -_LARGEST), min(high, _LARGEST)

    def read(value: object, notes: list[Note]) -> Any:
        if (type(value) is float and least <= value <= most) or (type(value) is int and -_EXACT < value < _EXACT):
            cell: Any = value
        else:
            cell = careful(value, notes)
        if cell < low or cell > high:
            notes.append(range_note(column, cell, 1))
        return cell

    return read


def _text(column: Column) -> Read:
    careful: Callable[[object], Any] = wire.reading(column)
    as_they_are = frozenset(level for level in column.levels if careful(level) == level)
    closed = closed_levels(column)

    def read(value: object, notes: list[Note]) -> Any:
        if type(value) is str and value in as_they_are:
            return value
        cell = careful(value)
        if closed is not None and cell and cell not in closed:
            notes.append(unseen_note(column.name, str(cell), 1))
        return cell

    return read
