"""A page on the reader's own table."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ninefold.core.errors import ColumnError, WishError, nearest
from ninefold.guide.page import Page
from ninefold.guide.running import PageFailed, Ran, run_apart

if TYPE_CHECKING:
    import polars as pl

GIVEN = ("table", "target")
"""What the cell of a page that can be replaced gives: a polars DataFrame, and the name of a column."""


def run_on(page: Page, data: str, target: str) -> Ran:
    """Run the page with another table in place of its own; its tests are of its own table, and left out.

    Raises:
        WishError: NF-E325 when the page takes no table; NF-E326 when it cannot do with this one.
        SourceError, ColumnError: when the table cannot be read, or has no such column.
    """
    from ninefold.runs import read_columns

    if not any(cell.gives == GIVEN for cell in page.cells):
        hint = f"ninefold guide {page.number} --live opens it to be changed"
        raise WishError("NF-E325", f"page {page.number} takes no table", hint=hint, given=data)
    columns = read_columns(data)
    if target not in columns:
        close = nearest(target, columns)
        hint = f"did you mean {close[0]}?" if close else f"columns: {', '.join(columns)}"
        raise ColumnError("NF-E201", f'{data} has no column "{target}"', hint=hint, given=target, suggestions=close)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "table.parquet"
        _typed(columns).write_parquet(kept)
        copy = Path(folder) / page.path.name
        copy.write_text(untested(page.source), encoding="utf-8")
        try:
            return run_apart(msgspec.structs.replace(page, path=copy), kept, target)
        except PageFailed as failure:
            told = f"page {page.number} does not work with {data} and {target}"
            raise WishError("NF-E326", told, hint=f"it ended with {failure.last_words}", given=data) from failure


def _typed(columns: dict[str, Sequence[Any]]) -> pl.DataFrame:
    """The table; numbers that a file has as text are numbers."""
    import polars as pl

    frame = pl.DataFrame(columns, strict=False)
    texts = frame.select(pl.col(pl.String))
    read = pl.read_csv(texts.write_csv().encode(), infer_schema_length=None) if texts.width else texts
    return frame.with_columns(read)


def untested(source: str) -> str:
    """The notebook without its test cells."""
    rows = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            first = min(decorator.lineno for decorator in node.decorator_list)
            rows[first - 1 : node.end_lineno] = [""] * ((node.end_lineno or first) - first + 1)
    return "\n".join(rows) + "\n"
