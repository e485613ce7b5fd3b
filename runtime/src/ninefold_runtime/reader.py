"""How `Model.predict_one` reads single cells: shortcuts for values that need no work, `wire.cells` for all others.

A shortcut must give exactly what `wire.cells` gives; the tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ninefold_runtime import wire
from ninefold_runtime.intake import Note, closed_levels, unreadable_note, unseen_note
from ninefold_runtime.schema import Column

Read = Callable[[object, list[Note]], Any]
_EXACT = 2**53


def reader(column: Column) -> Read:
    """A function from a value to the wired cell of ``column``; it appends a note where something did not fit."""
    if column.wire == "text":
        return _text(column)
    if column.kind == "number":
        return _number(column)
    return _plain(column)


def _plain(column: Column) -> Read:
    def read(value: object, notes: list[Note]) -> Any:
        array = wire.cells(column, (value,))
        if wire.absent(array)[0] and not wire.is_missing(value):
            notes.append(unreadable_note(column.name, 1))
        return array[0]

    return read


def _number(column: Column) -> Read:
    careful = _plain(column)

    def read(value: object, notes: list[Note]) -> Any:
        if (type(value) is float and value - value == 0.0) or (type(value) is int and -_EXACT < value < _EXACT):
            return value
        return careful(value, notes)

    return read


def _text(column: Column) -> Read:
    as_they_are = frozenset(level for level in column.levels if wire.cells(column, (level,))[0] == level)
    closed = closed_levels(column)

    def read(value: object, notes: list[Note]) -> Any:
        if type(value) is str and value in as_they_are:
            return value
        wired = wire.cells(column, (value,))[0]
        if closed is not None and wired and wired not in closed:
            notes.append(unseen_note(column.name, wired, 1))
        return wired

    return read
