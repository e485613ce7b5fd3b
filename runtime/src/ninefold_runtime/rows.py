"""Whether lines of text are a table, and where rows of delimited text end: at line ends that are not within quotes."""

from __future__ import annotations

from collections.abc import Iterable

_MARKS = ("\t", ";", ",", "|")
_LOOKED = 20


def tabular(lines: Iterable[str]) -> bool:
    """Whether the first lines all have the same fields between marks; of a ``.txt`` file that has none each line is a
    row."""
    first = [line for line in lines if line.strip()][:_LOOKED]
    return any(len({line.count(mark) for line in first}) == 1 and first[0].count(mark) > 0 for mark in _MARKS if first)


def first_end(data: bytes, quote: bytes) -> int:
    """Behind the first row, 0 where none is whole; ``quote`` is empty where there is no such thing."""
    end = data.find(b"\n") + 1
    while quote and end and data.count(quote, 0, end) % 2:
        end = data.find(b"\n", end) + 1
    return end


def last_end(data: bytes, quote: bytes) -> int:
    """Behind the last whole row, 0 where none is whole."""
    end = data.rfind(b"\n") + 1
    while quote and end and data.count(quote, 0, end) % 2:
        end = data.rfind(b"\n", 0, end - 1) + 1
    return end
