"""How a text file separates and quotes its fields, decided on its first lines."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

_DELIMITERS = (",", "\t", ";", "|")
_CONSISTENT = 0.9
_DOUBLED = r"[^,\t;|\r\n\\]{}{}[^,\t;|\r\n]"
_ESCAPED = r"\\{}[^,\t;|\r\n]"
"""A backslash before a quote that does not end its field."""
_CLEVER_CHARS = 6_000
_PREAMBLE = 20
_FIRST = 1_000
_END = "\0"
"""Closes the text: a quote still open swallows it. Text has no NUL by then."""
NO_DELIMITER = "\x1f"


@dataclass(frozen=True)
class Dialect:
    """``preamble`` lines come before the header. A ``quote`` of None means that quotes are ordinary characters."""

    delimiter: str = ","
    quote: str | None = '"'
    escape: str | None = None
    skip_space: bool = False
    preamble: int = 0

    @property
    def plain(self) -> bool:
        """Plain enough for polars' reader."""
        return len(self.delimiter.encode()) == 1 and not self.escape and not self.skip_space

    @property
    def bare(self) -> Dialect:
        """The same without quotes; text always parses this way."""
        return replace(self, quote=None, escape=None)

    def rows(self, text: str, width: int = 0, *, blank: bool = False) -> Iterator[list[str]]:
        """Parsed rows; blank lines are left out, or with ``blank`` rows of an empty field.

        With a ``width``, a row that does not fit it but takes up several lines, each of them a row of that width, is
        read as those: a stray quote had joined them.

        Raises:
            csv.Error: on a quote that is never closed.
        """
        taken: list[str] = []
        ended = text if text.endswith(("\n", "\r")) else f"{text}\n"
        for row in self._reader(_noting(io.StringIO(ended + _END, newline=""), taken)):
            lines, taken[:] = [line for line in taken if line != _END], ()
            if row == [_END]:
                return
            endless = bool(row) and row[-1].endswith(_END)
            joined = width and (endless or (len(lines) > 1 and len(row) != width))
            apart = self._apart(lines, width) if joined else []
            if endless and not apart:
                raise csv.Error("a quote is never closed")
            yield from apart or ([row or [""]] if row or blank else [])

    def _apart(self, lines: list[str], width: int) -> list[list[str]]:
        """Each line as a row of its own; nothing where one of them would have another width."""
        rows = [row for line in lines for row in self._reader([line.rstrip("\r\n")]) if row]
        return rows if all(len(row) == width for row in rows) else []

    def _reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar=self.escape,
            doublequote=self.escape is None,
            skipinitialspace=self.skip_space,
        )

    def first_rows(self, head: str) -> list[list[str]]:
        """Up to 1,000 rows of the beginning of a text, which may end within quotes."""
        rows = []
        with suppress(csv.Error):
            for row in islice(self.rows(head), _FIRST):
                rows.append(row)
        return rows


def _noting(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def sniffed(head: str) -> Dialect:
    """The dialect of a text from its first lines (whole lines only)."""
    quote = "'" if '"' not in head and _quoted_by(head, "'") else '"'
    doubled = re.search(_DOUBLED.format(quote, quote), head)
    escape = "\\" if not doubled and re.search(_ESCAPED.format(quote), head) else None
    tables = [_Table.of(_spaced(Dialect(delimiter, quote, escape), head), head) for delimiter in _DELIMITERS]
    best = max(tables, key=lambda table: (table.consistent, table.width))
    if best.consistent:
        return replace(best.dialect, preamble=best.lead)
    if best.width <= 1:
        alone = all(len(row) == 1 for row in tables[0].rows)
        return tables[0].dialect if alone else replace(tables[0].dialect, delimiter=NO_DELIMITER)
    return _clever(head) or best.dialect


@dataclass(frozen=True)
class _Table:
    """The first lines as one dialect reads them. ``width`` is the most frequent number of fields, ``lead`` the rows
    before the header: those of a single filled field."""

    dialect: Dialect
    rows: list[list[str]]
    width: int
    lead: int

    @classmethod
    def of(cls, dialect: Dialect, head: str) -> _Table:
        rows = dialect.first_rows(head)
        width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
        lead = next((i for i, row in enumerate(rows[:_PREAMBLE]) if sum(map(bool, row)) > 1), 0)
        return cls(dialect, rows, width, lead)

    @property
    def consistent(self) -> bool:
        """The header and nearly all rows have one width, and it is more than 1."""
        widths = [len(row) for row in self.rows[self.lead :]]
        return self.width > 1 and widths[0] == self.width and widths.count(self.width) >= _CONSISTENT * len(widths)


def _quoted_by(head: str, quote: str) -> bool:
    lines = head.splitlines()
    return sum(line.strip().startswith(quote) for line in lines) > 0.8 * len(lines)


def _spaced(dialect: Dialect, head: str) -> Dialect:
    return replace(dialect, skip_space=bool(dialect.quote) and f"{dialect.delimiter} {dialect.quote}" in head)


def _clever(head: str) -> Dialect | None:
    """What clevercsv thinks, for what the simple test cannot decide.

    Source: van den Burg, Nazábal, Sutton, Wrangling messy CSV files by detecting row and type patterns (2019).
    """
    import clevercsv

    found = clevercsv.Detector().detect(head[:_CLEVER_CHARS])
    if found is None or not found.delimiter:
        return None
    return Dialect(found.delimiter, found.quotechar or None, found.escapechar or None)
