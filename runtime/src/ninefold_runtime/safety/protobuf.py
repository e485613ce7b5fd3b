"""Reads a protobuf message by a table of the fields that it may have, and refuses every other.

A reader that passes over what it does not know sees another file than the one that loads it: fields that are written
twice are merged by some readers, numbers too large are cut by some. Here a file either has one reading or is refused.
Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

VARINT, LENGTH, FIXED32 = 0, 2, 5
Message = dict[str, Any]
"""Field values by name: int, bytes, (start, stop) of raw bytes, an array of numbers, a nested message, or a list."""


class Malformed(ValueError):
    """The bytes are no such message. ``name`` is short and stable."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.name = name


@dataclass(frozen=True)
class Field:
    """``kind``: ``int``, ``float`` (passed over), ``bytes``, ``place`` (where bytes lie, not copied), ``ints`` (a list
    with a key before each number), ``no`` (known, and refused), or the name of a message. ``most`` above 1: a list."""

    name: str
    kind: str
    most: int = 1


Shape = Mapping[str, Mapping[int, Field]]
"""Message -> field number -> field."""
_WEIGHT = 4
"""Pieces that a message counts for: it takes more room than a text of a few letters."""
_WIRE = {"int": (VARINT,), "float": (FIXED32,), "ints": (VARINT,), "no": (VARINT, LENGTH)}


class Reader:
    """Decodes one file. ``pieces`` are the elements of lists that the file may have in all, ``deepest`` its nesting."""

    def __init__(self, data: bytes, shape: Shape, pieces: int, deepest: int) -> None:
        self._data = data
        self._pieces = pieces
        self._deepest = deepest
        self._keys = {
            message: {
                number << 3 | wire: field
                for number, field in fields.items()
                for wire in _WIRE.get(field.kind, (LENGTH,))
            }
            for message, fields in shape.items()
        }

    def read(self, message: str) -> Message:
        """The whole file as that message.

        Raises:
            Malformed: the file is none, or has what the table does not allow.
        """
        try:
            return self._message(0, len(self._data), message, 0)
        except IndexError as error:
            raise Malformed("cut", "it ends too early") from error

    def _message(self, at: int, end: int, message: str, depth: int) -> Message:
        if depth > self._deepest:
            raise Malformed("nesting", f"messages are nested more than {self._deepest} deep")
        keys, made = self._keys[message], Message()
        while at < end:
            key, start = self._varint(at)
            field = keys.get(key)
            if field is None:
                raise Malformed("unknown-field", f"a {message} has a field {key >> 3} that is not among those we write")
            value, at = self._value(at if field.kind == "ints" else start, end, field, depth)
            if at > end:
                raise Malformed("cut", "it ends too early")
            self._put(made, field, value)
        return made

    def _put(self, made: Message, field: Field, value: Any) -> None:
        if field.most == 1:
            if field.name in made:
                raise Malformed("twice", f"{field.name} is there twice")
            made[field.name] = value
            return
        listed = made.setdefault(field.name, [])
        listed.append(value)
        self._pieces -= 1 if field.kind == "bytes" else _WEIGHT
        if len(listed) > field.most or self._pieces < 0:
            raise Malformed("too-many", f"there are more than {min(len(listed) - 1, field.most)} of {field.name}")

    def _value(self, at: int, end: int, field: Field, depth: int) -> tuple[Any, int]:
        kind = field.kind
        if kind == "int":
            return self._varint(at)
        if kind == "float":
            return 0.0, at + 4
        if kind == "ints":
            return self._ints(at, end)
        if kind == "no":
            raise Malformed(field.name, f"it has {field.name.replace('-', ' ')}, which ours never have")
        length, at = self._varint(at)
        stop = at + length
        if stop > end:
            raise Malformed("cut", "it ends too early")
        if kind == "bytes":
            return self._data[at:stop], stop
        if kind == "place":
            return (at, stop), stop
        return self._message(at, stop, kind, depth + 1), stop

    def _varint(self, at: int) -> tuple[int, int]:
        data = self._data
        byte = data[at]
        if byte < 0x80:
            return byte, at + 1
        value, shift = byte & 0x7F, 7
        while True:
            at += 1
            byte = data[at]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value, at + 1
            shift += 7
            if shift > 63:
                raise Malformed("number", "a number is too long")

    def _ints(self, at: int, end: int) -> tuple[NDArray[np.int64], int]:
        """A run of whole numbers, each behind the same one-byte key: key, number, key, number …"""
        run = np.frombuffer(self._data, np.uint8, end - at, at)
        lasts = np.flatnonzero(run < 0x80)  # the last byte of each key and of each number
        keys, stops = lasts[: len(lasts) // 2 * 2 : 2], lasts[1::2]
        good = run[keys] == self._data[at]
        good[1:] &= keys[1:] == stops[:-1] + 1
        count = len(good) if good.all() else int(good.argmin())
        if not count:
            raise Malformed("cut", "it ends too early")
        return _numbers(run, keys[:count] + 1, stops[:count]), at + int(stops[count - 1]) + 1


def _numbers(run: NDArray[np.uint8], starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers from groups of seven bits, the lowest first, that lie from ``starts`` to ``stops``, both included."""
    sizes = stops - starts + 1
    if int(sizes.max()) > 10:
        raise Malformed("number", "a number is too long")
    values = np.zeros(len(starts), np.uint64)
    for place in range(int(sizes.max())):
        there = np.flatnonzero(sizes > place)
        bits = (run[starts[there] + place] & np.uint8(0x7F)).astype(np.uint64)
        values[there] |= bits << np.uint64(7 * place)
    return values.view(np.int64)
