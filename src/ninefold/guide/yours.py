"""A page on the reader's own table."""

from __future__ import annotations

import ast
import tempfile
from pathlib import Path

import msgspec

from ninefold.core.errors import ColumnError, WishError, nearest
from ninefold.guide.page import Page
from ninefold.guide.running import PageFailed, Ran, run_apart

GIVEN = ("table", "target")
"""What the cell of a page that can be replaced gives: a polars DataFrame, and the name of a column."""


def run_on(page: Page, data: str, target: str) -> Ran:
    """Run the page with another table in place of its own; its tests are of its own table, and left out.

    Raises:
        WishError: NF-E325 when the page takes no table; NF-E326 when it cannot do with this one.
        SourceError, ColumnError: when the table cannot be read, or has no such column.
    """
    import polars as pl

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
        pl.DataFrame(columns, strict=False).write_parquet(kept)
        copy = Path(folder) / page.path.name
        copy.write_text(untested(page.source), encoding="utf-8")
        try:
            return run_apart(msgspec.structs.replace(page, path=copy), kept, target)
        except PageFailed as failure:
            said = str(failure).strip().splitlines()[-1]
            told = f"page {page.number} does not work with {data} and {target}"
            raise WishError("NF-E326", told, hint=f"the page said: {said}", given=data) from failure


def untested(source: str) -> str:
    """The notebook without its test cells."""
    rows = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            first = min(decorator.lineno for decorator in node.decorator_list)
            rows[first - 1 : node.end_lineno] = [""] * ((node.end_lineno or first) - first + 1)
    return "\n".join(rows) + "\n"
