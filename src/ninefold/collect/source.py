"""Where a table comes from. A source is read once, when first needed, into a frame of raw columns."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ninefold.collect import images
from ninefold.core import parts
from ninefold.core.errors import SourceError, nearest
from ninefold_runtime.schema import Folding

if TYPE_CHECKING:
    from polars import DataFrame

PACKAGE = "ninefold.collect.sources"
HEAD = 4096


@dataclass(frozen=True)
class Given:
    """What the user handed over. ``path`` and ``head`` (first bytes) are there when it names an existing file,
    ``folder`` when it names a folder."""

    data: Any
    query: str | None = None
    path: Path | None = None
    head: bytes = b""
    folder: Path | None = None

    @property
    def suffix(self) -> str:
        """The file name's ending in lower case, ``.gz`` left aside."""
        if self.path is None:
            return ""
        name = self.path.name.lower().removesuffix(".gz")
        return Path(name).suffix


@dataclass(frozen=True)
class Table:
    """A frame of raw columns, and what happened while reading that might surprise.

    CSV columns are text throughout; typed formats keep their types.
    """

    frame: DataFrame
    notes: tuple[str, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)
    """Columns of what was read that the frame has no more, with the reason."""
    folding: Folding | None = None
    """How the frame came out of a row for each moment."""
    formats: dict[str, str | None] = field(default_factory=dict)
    """How the values of its series were written."""


class Reader(Protocol):
    """A part of `ninefold.collect.sources`."""

    def claim(self, given: Given) -> int:
        """0: not mine; the larger, the surer: 1 by the form of what was given, 3 by the content. The surest reads."""
        ...

    def name(self, given: Given) -> str: ...

    def read(self, given: Given) -> Table:
        """Raises `SourceError` where the table cannot be read."""
        ...


@dataclass(frozen=True)
class Source:
    """A table to be read lazily. ``name`` is as the user wrote it (passwords left out)."""

    given: Given = field(repr=False)
    reader: Reader

    @property
    def name(self) -> str:
        return self.reader.name(self.given)

    @cached_property
    def table(self) -> Table:
        return _checked(self._located(self.reader.read(self.given)), self.name)

    def _located(self, table: Table) -> Table:
        """Images that a table names lie beside it."""
        if self.given.path is None or self.given.query is not None:
            return table
        beside = self.given.path.parent
        return replace(table, frame=table.frame.with_columns([images.located(raw, beside) for raw in table.frame]))

    @property
    def frame(self) -> DataFrame:
        return self.table.frame

    def release(self) -> None:
        """Let go of the table; it is read again should it be asked for."""
        vars(self).pop("table", None)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file's bytes, of those of all images; of the rows as text for queries and frames."""
        if self.given.folder is not None:
            return images.digest(self.given.folder)
        if self.given.path is not None and self.given.query is None:
            with self.given.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        return _rows_digest(self.frame)


def open_source(data: Any, query: str | None = None) -> Source:
    """A source for a path, a database URL with a query, or any dataframe, dictionary of columns or array.

    Raises:
        SourceError: NF-E101 no such file, NF-E102 a folder or nothing that can be read, NF-E103 not a table.
    """
    given = _given(data, query)
    readers: list[Reader] = [parts.make(PACKAGE, name) for name in parts.names(PACKAGE)]
    best = max(readers, key=lambda reader: reader.claim(given))
    if best.claim(given):
        return Source(given, best)
    hint = "give a file, a database URL with a query, or a dataframe"
    raise SourceError("NF-E102", f"cannot read a table from {type(data).__name__}", hint=hint)


def _given(data: Any, query: str | None) -> Given:
    if not isinstance(data, (str, Path)) or "://" in str(data):
        return Given(data, query)
    path = Path(data).expanduser()
    try:
        with path.open("rb") as file:
            return Given(data, query, path, file.read(HEAD))
    except FileNotFoundError as error:
        close = nearest(path.name, _neighbours(path))
        hint = f'did you mean "{path.with_name(close[0])}"?' if close else "give the path of a table"
        raise SourceError("NF-E101", f"there is no file {data}", hint=hint, suggestions=close) from error
    except IsADirectoryError:
        return Given(data, query, folder=path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError("NF-E102", f"cannot open {str(data)!r}: {reason}", hint="check the path") from error


def _neighbours(path: Path) -> list[str]:
    try:
        return [other.name for other in path.parent.iterdir()]
    except OSError:
        return []


def _checked(table: Table, name: str) -> Table:
    if not table.frame.width:
        raise SourceError("NF-E104", f"{name} has no columns", hint="give a table with a header and rows")
    if not table.frame.height:
        raise SourceError("NF-E105", f"{name} has a header but no rows", hint="give at least a few rows")
    return table


def _rows_digest(frame: DataFrame) -> str:
    """SHA-256 of the header and the rows written as CSV, which does not depend on how the frame lies in memory."""
    import polars as pl

    sha = hashlib.sha256(repr(list(frame.schema.items())).encode())
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, (pl.List, pl.Array))]
    flat = frame.with_columns(pl.col(name).cast(pl.List(pl.String), strict=False).list.join(" ") for name in lists)
    nested = [name for name, dtype in flat.schema.items() if dtype.is_nested() or dtype == pl.Binary]
    for rows in flat.drop(nested).iter_slices(100_000):
        sha.update(rows.write_csv(null_value="\0").encode())
    return sha.hexdigest()
