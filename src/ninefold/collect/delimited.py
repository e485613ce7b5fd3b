"""Delimited text to a frame of text columns: polars for what is well formed, Python's csv for the rest."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from ninefold.collect.dialect import Dialect, sniffed
from ninefold.collect.header import names_of, refuse_data_as_header
from ninefold.collect.source import Table
from ninefold.core.errors import SourceError
from ninefold_runtime.rows import first_end, last_end

if TYPE_CHECKING:
    from polars import DataFrame, Series

_HEAD = 1 << 16
_CHUNK = 1 << 25
_BATCH = 50_000
_LINE_END = re.compile(rb"[\r\n]+")
_BLANK = re.compile(rb"\n\r?\n")


@dataclass(frozen=True)
class Body:
    """Parsed rows, the header first; one column more than the table is wide catches what sticks out.

    ``widths`` counts rows by their number of fields. ``apart``: some had been joined by a stray quote.
    """

    frame: DataFrame
    width: int
    widths: Counter[int]
    apart: bool = False

    @property
    def rows(self) -> int:
        return sum(self.widths.values())

    @property
    def short(self) -> int:
        """Rows with fewer fields than the table is wide, the header aside."""
        header_is_short = len(self.header) < self.width
        return sum(count for width, count in self.widths.items() if width < self.width) - header_is_short

    @property
    def long(self) -> int:
        """Rows with more fields, other than one blank field after a last delimiter."""
        beyond = sum(count for width, count in self.widths.items() if width > self.width + 1)
        return max(beyond, int((self.frame.to_series(self.width) != "").sum()))

    @property
    def header(self) -> list[str]:
        row = list(self.frame.row(0)) if self.frame.height else []
        while row and not row[-1].strip():
            row.pop()
        return row


def read_delimited(data: bytes, name: object) -> Table:
    """The table in valid UTF-8 bytes; every column as text, '' where a field is empty.

    Separators alone are a row, and a blank line is none, except in a table of one column, which cannot tell them apart.

    Raises:
        SourceError: NF-E104 empty, NF-E107 no header, NF-E108 rows that do not fit the header.
        ColumnError: NF-E206 when two columns have one name.
    """
    data = data if b"\n" in data else data.replace(b"\r", b"\n")
    dialect = sniffed(_head(data))
    data = _without_preamble(data, dialect.preamble)
    if not data.strip():
        raise _empty(name)
    notes = [f"{dialect.preamble} lines before the header left out"] if dialect.preamble else []
    body = _parsed(data, dialect)
    if body is None:
        body = _by_csv(data, dialect.bare)
        notes.append("quotes do not pair up: they are read as ordinary characters")
    if body.apart:
        notes.append("rows that a stray quote had joined are read line by line")
    if not body.header:
        raise _empty(name)
    refuse_data_as_header(body.header, body.frame.slice(1, 200), name)
    return Table(_named(body), (*notes, *_ragged(body, name)))


def read_blocks(blocks: Iterator[bytes], name: object) -> Iterator[Table]:
    """The table in the blocks of valid UTF-8 text, as `read_delimited` reads each with the header before it.

    Raises:
        SourceError, ColumnError: see `read_delimited`.
    """
    held, header, quote = b"", b"", b'"'
    for block in blocks:
        held += block
        if not header:
            dialect = sniffed(_head(held))
            quote = (dialect.quote or "").encode()
            held = _without_preamble(held, dialect.preamble)
        end = last_end(held, quote)
        if end:
            yield read_delimited(header + held[:end], name)
            header = header or held[: first_end(held, quote)]
            held = held[end:]
    if held.strip():
        yield read_delimited(header + held, name)


def _empty(name: object) -> SourceError:
    return SourceError("NF-E104", f"{name} is empty", hint="give a table with a header and rows")


def _head(data: bytes) -> str:
    head = data[:_HEAD]
    if len(data) > _HEAD:
        head = head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head
    return head.decode("utf-8", errors="ignore")


def _without_preamble(data: bytes, rows: int) -> bytes:
    """``rows`` counts lines that are not blank."""
    data = data.lstrip(b"\r\n")
    for _ in range(rows):
        data = b"".join(_LINE_END.split(data, maxsplit=1)[1:])
    return data


def _parsed(data: bytes, dialect: Dialect) -> Body | None:
    """None when quotes make less sense than no quotes: rows fit only if quotes are ordinary characters."""
    try:
        body = _by_polars(data, dialect) or _by_csv(data, dialect)
    except csv.Error:
        return _apart(data, dialect)
    quotes = dialect.quote is not None and dialect.quote.encode() in data
    if quotes and (body.short or body.long):
        bare = _widths(data, dialect.bare, body.width)
        if len(bare) == 1:
            return None
        across = data.count(b"\n") > body.rows
        return (_apart(data, dialect, body) if across else None) or body
    return body


def _apart(data: bytes, dialect: Dialect, joined: Body | None = None) -> Body | None:
    """The rows with those taken apart that a stray quote had joined; None where there are none such."""
    try:
        body = _by_csv(data, dialect, apart=True)
    except csv.Error:
        return None
    return replace(body, apart=True) if joined is None or body.rows > joined.rows else None


def _by_polars(data: bytes, dialect: Dialect) -> Body | None:
    """The fast road; None where the text is not plain or polars finds it malformed.

    Raises:
        csv.Error: on a quote that is never closed, where rows differ in width and are counted.
    """
    import polars as pl

    width = _width(data, dialect)
    lone_returns = data.count(b"\r") - data.count(b"\r\n")
    if not dialect.plain or width is None or lone_returns:
        return None
    try:
        frame = pl.read_csv(
            data,
            has_header=False,
            separator=dialect.delimiter,
            quote_char=dialect.quote,
            schema=dict.fromkeys(_places(width), pl.String),
            empty_string_is_null=False,
            truncate_ragged_lines=True,
            missing_columns="insert",
        )
    except pl.exceptions.PolarsError:
        return None
    marks, void = _delimiters(data, dialect), _void(frame)
    blank = int(void.sum()) if width > 1 and void.any() and _BLANK.search(data) else 0
    if blank and marks != (frame.height - blank) * (width - 1):
        return None  # polars does not say which of them were separators
    frame = frame.filter(~void) if blank else frame
    even = marks == frame.height * (width - 1) and not (frame.to_series(width) != "").any()
    return Body(_headed(frame), width, Counter({width: frame.height}) if even else _widths(data, dialect, width))


def _void(frame: DataFrame) -> Series:
    """Which rows hold nothing."""
    import polars as pl

    return frame.select(pl.all_horizontal(pl.all() == "")).to_series()


def _headed(frame: DataFrame) -> DataFrame:
    """From the first row that holds anything, which is the header."""
    return frame.slice(_void(frame).arg_min() or 0)


def _by_csv(data: bytes, dialect: Dialect, *, apart: bool = False) -> Body:
    """The tolerant road, row by row; ``apart``: see `Dialect.rows`.

    Raises:
        csv.Error: on a quote that is never closed.
    """
    import polars as pl

    width = _width(data, dialect) or 1
    widths: Counter[int] = Counter()
    frames = []
    rows = dialect.rows(data.decode(), width if apart else 0, blank=width == 1)
    while batch := list(islice(rows, _BATCH)):
        widths.update(map(len, batch))
        fitted = [(row + [""] * (width + 1 - len(row)))[: width + 1] for row in batch]
        columns = zip(*fitted, strict=True)
        frames.append(
            pl.DataFrame(dict(zip(_places(width), columns, strict=True)), dict.fromkeys(_places(width), pl.String))
        )
    return Body(_headed(pl.concat(frames)), width, widths)


def _places(width: int) -> list[str]:
    return [f"c{place}" for place in range(width + 1)]


def _width(data: bytes, dialect: Dialect) -> int | None:
    """Fields of the header, or of most rows where these are one more (row names without a heading)."""
    rows = [row for row in dialect.first_rows(_head(data)) if any(row)]
    if not rows:
        return None
    header = rows[0]
    while len(header) > 1 and not header[-1].strip():
        header.pop()
    named = len(header)
    return named + 1 if len(rows) > 1 and all(len(row) == named + 1 and row[-1].strip() for row in rows[1:]) else named


def _widths(data: bytes, dialect: Dialect, width: int) -> Counter[int]:
    return Counter(map(len, dialect.rows(data.decode(), blank=width == 1)))


def _delimiters(data: bytes, dialect: Dialect) -> int:
    """Delimiters outside quotes."""
    mark = dialect.delimiter.encode()
    if dialect.quote is None or dialect.quote.encode() not in data:
        return data.count(mark)
    return sum(_unquoted(data, mark[0], ord(dialect.quote)))


def _unquoted(data: bytes, mark: int, quote: int) -> Iterator[int]:
    inside = np.uint8(0)
    for start in range(0, len(data), _CHUNK):
        part = np.frombuffer(data, np.uint8, min(_CHUNK, len(data) - start), start)
        quoted = np.bitwise_xor.accumulate((part == quote).view(np.uint8)) ^ inside
        inside = quoted[-1]
        yield int(np.count_nonzero((part == mark) & (quoted == 0)))


def _named(body: Body) -> DataFrame:
    names = names_of(body.header, body.width)
    table = body.frame.slice(1).drop(f"c{body.width}")
    return table.rename(dict(zip(table.columns, names, strict=True)))


def _ragged(body: Body, name: object) -> list[str]:
    """Notes on rows that do not fit.

    Raises:
        SourceError: NF-E108 when most rows do not.
    """
    usual, rows = body.widths.most_common(1)[0]
    if usual not in {body.width, body.width + 1} and 2 * rows > sum(body.widths.values()):
        message = f"{name}: the header has {len(body.header)} fields, but most rows have {usual}"
        raise SourceError("NF-E108", message, hint="check the delimiter and the header line")
    notes = []
    if body.short:
        notes.append(f"{body.short:,} rows have fewer fields than the header: the rest is missing")
    if body.long:
        notes.append(f"{body.long:,} rows have more fields than the header: what sticks out is left out")
    return notes
