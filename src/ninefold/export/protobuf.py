"""Protocol buffers without their library: a message as a tree of numbered fields, written as text or as bytes.

Both forms after the language's own description (protobuf.dev: text format and encoding), as far as it is needed here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Enum:
    """A named constant."""

    name: str
    number: int


@dataclass(frozen=True)
class Single:
    """A number of single precision; other numbers are doubles."""

    value: float


@dataclass(frozen=True)
class Field:
    """One entry of a message. Repeated entries are several fields of the same name."""

    name: str
    number: int
    value: str | bool | int | float | Enum | Single | Message


Message = tuple[Field, ...]


def text(message: Message) -> str:
    """The text format, two spaces for each level."""
    return "".join(f"{line}\n" for line in _lines(message))


def _lines(message: Message) -> Iterator[str]:
    for field in message:
        if isinstance(field.value, tuple):
            yield f"{field.name} {{"
            yield from (f"  {line}" for line in _lines(field.value))
            yield "}"
        else:
            yield f"{field.name}: {_word(field.value)}"


def _word(value: str | bool | int | float | Enum | Single) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return value.name
    return repr(value.value if isinstance(value, Single) else value)


def _quoted(value: str) -> str:
    """In double quotes; what is not printable as octal bytes."""
    named = {'"': '\\"', "\\": "\\\\", "\n": "\\n"}
    return f'"{"".join(named.get(letter) or (letter if letter.isprintable() else _octal(letter)) for letter in value)}"'


def _octal(letter: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in letter.encode())


def binary(message: Message) -> bytes:
    """The wire format."""
    return b"".join(_entry(field) for field in message)


def _entry(field: Field) -> bytes:
    value = field.value
    if isinstance(value, tuple | str):
        body = value.encode() if isinstance(value, str) else binary(value)
        return _key(field, 2) + _varint(len(body)) + body
    if isinstance(value, Single):
        return _key(field, 5) + struct.pack("<f", value.value)
    if isinstance(value, float):
        return _key(field, 1) + struct.pack("<d", value)
    return _key(field, 0) + _varint(value.number if isinstance(value, Enum) else int(value))


def _key(field: Field, kind: int) -> bytes:
    return _varint(field.number << 3 | kind)


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; negative numbers as 64 bits."""
    value &= (1 << 64) - 1
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    made.append(value)
    return bytes(made)
