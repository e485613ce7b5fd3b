"""YAML of plain data, as the tools of exports read it: block style, keys in the order that they have.

Every text that could be taken for something else is written in quotes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"\.?[A-Za-z_/](?:[A-Za-z0-9_./@=-]|:(?=[A-Za-z0-9/])| (?=[A-Za-z0-9-]))*")
"""Texts without anything that YAML gives a meaning to where it stands."""
_TAKEN = {"", "true", "false", "yes", "no", "on", "off", "y", "n", "null", "none", "nan", "inf", ".nan", ".inf"}
"""Texts that YAML 1.1 or 1.2, or their readers, take for something else."""


def documents(*values: object) -> str:
    """Several documents in one file."""
    return "---\n".join(text(value) for value in values)


def text(value: object) -> str:
    """Mappings, sequences, texts, whole numbers, numbers, booleans and None. Texts of several lines are blocks."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: object) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _entry(f"{_scalar(key)}:", item)
    elif _is_list(value) and value:
        for item in value:  # type: ignore[attr-defined]
            yield from _item(item)
    else:
        yield _scalar(value)


def _entry(head: str, value: object) -> Iterator[str]:
    """A key and what stands below or behind it."""
    if _is_block(value):
        yield f"{head} |{'' if str(value).endswith(chr(10)) else '-'}"
        yield from (f"  {line}" if line else "" for line in str(value).removesuffix("\n").split("\n"))
    elif _has_lines(value):
        yield head
        yield from (f"  {line}" for line in _lines(value))
    else:
        yield f"{head} {_scalar(value)}"


def _item(value: object) -> Iterator[str]:
    if _is_block(value):
        yield from _entry("-", value)
        return
    first, *rest = _lines(value)
    yield f"- {first}"
    yield from (f"  {line}" if line else "" for line in rest)


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _has_lines(value: object) -> bool:
    return bool(value) and (isinstance(value, Mapping) or _is_list(value))


def _is_block(value: object) -> bool:
    """A text of lines that a block keeps: it begins with no space, ends in no two breaks and holds no controls."""
    return (
        isinstance(value, str)
        and "\n" in value.removesuffix("\n")
        and value[0] not in " \n"
        and not value.endswith("\n\n")
        and all(letter == "\n" or letter.isprintable() for letter in value)
    )


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and value.lower() not in _TAKEN else _quoted(value)
    if isinstance(value, Mapping):
        return "{}"
    if _is_list(value):
        return "[]"
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value)


def _quoted(value: str) -> str:
    """In single quotes where double ones would have to be escaped; else as JSON, which YAML reads alike. Letters that a
    reader may not find in a file are escaped."""
    if value.isprintable() and "'" not in value and set(value) & {'"', "\\"}:
        return f"'{value}'"
    return "".join(map(_letter, json.dumps(value, ensure_ascii=False)))


def _letter(letter: str) -> str:
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"


def _number(value: float) -> str:
    """With a point, without which YAML 1.1 takes 1e-07 for a text."""
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
    mantissa, e, exponent = repr(value).partition("e")
    return f"{mantissa}{'' if '.' in mantissa else '.0'}{e}{exponent}"
