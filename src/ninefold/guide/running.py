"""Running a page: its cells are executed once, in a process of its own, and what they said is kept as plain data."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from importlib import util
from pathlib import Path
from typing import Any

import msgspec

from ninefold.core.errors import MissingExtra
from ninefold.guide.page import Cell, Page, Written, read
from ninefold.guide.said import Printed, Prose, Said, Shown

LONGEST = 4_000
"""Letters of a printed value that are kept."""


class Told(Written, frozen=True):
    """One cell with what it said; nothing where its last line has no value."""

    said: Shown | None = None


class Ran(msgspec.Struct, frozen=True):
    """A page that was run, and whose tests passed. ``seconds`` of the processor, with imports and child processes."""

    number: int
    name: str
    question: str
    setup: str
    """The imports that the cells share."""
    cells: tuple[Told, ...]
    seconds: float
    digest: str
    """Of the source that was run."""

    def cell(self, name: str) -> Told | None:
        return next((cell for cell in self.cells if cell.name == name), None)

    def said(self, name: str) -> Shown | None:
        """What the cell of this name said."""
        found = self.cell(name)
        return found.said if found else None


class PageFailed(Exception):
    """A cell of a page failed, or a test of its claims; the text is what Python said."""

    @property
    def last_words(self) -> str:
        """The kind of error and its text, in a line."""
        lines = str(self).strip().splitlines()
        inside = max((i for i, line in enumerate(lines) if line.startswith(" ")), default=-1)
        return lines[min(inside + 1, len(lines) - 1)]


def run(page: Page, data: Mapping[str, Any] | None = None) -> Ran:
    """Run the page in this process, with ``data`` in place of what the cell that gives those names would have given.

    Raises:
        MissingExtra: NF-E401 when marimo is absent.
        Exception: what a cell raises, an AssertionError where a claim does not hold.
    """
    _need_marimo()
    outputs, _ = _notebook(page.path).run(defs=dict(data) if data else None)
    kept = [cell for cell in page.cells if cell.is_function or not set(cell.gives) & set(data or ())]
    told = tuple(_told(cell, output) for cell, output in zip(kept, outputs, strict=True))
    return Ran(page.number, page.name, page.question, page.setup, told, sum(os.times()[:4]), page.digest)


def run_apart(page: Page, table: Path | None = None, target: str = "") -> Ran:
    """Run the page in a process of its own; a table (Parquet) and its target take the place of the page's.

    Raises:
        MissingExtra: NF-E401 when marimo is absent.
        PageFailed: with the end of what the process wrote, when a cell or a test failed.
    """
    _need_marimo()
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "ran.json"
        command = [sys.executable, "-m", "ninefold.guide.running", str(page.path), str(kept)]
        command += [] if table is None else [str(table), target]
        done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise PageFailed(f"{page.path}\n{done.stderr[-LONGEST:]}")
        return msgspec.json.decode(kept.read_bytes(), type=Ran)


def _need_marimo() -> None:
    if util.find_spec("marimo") is None:
        raise MissingExtra.of("Running a page of the guide", "guide")


def _environment() -> dict[str, str]:
    """One thread for each library, so that sums are added in one order and a page takes its own core alone."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    known = os.pathsep.join(path for path in sys.path if path)
    return {**os.environ, **threads, "PYTHONPATH": known, "PYTHONHASHSEED": "0"}


def _notebook(path: Path) -> Any:
    """The marimo app of a file, which is no part of the package's modules."""
    spec = util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is no Python file")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.app


def _told(cell: Cell, output: Any) -> Told:
    return Told(cell.name, cell.code, cell.hidden, cell.is_function, _said(output))


def _said(output: Any) -> Shown | None:
    """marimo's Markdown keeps its text in a private place, `_markdown_text`; a test of ours holds it to that."""
    if output is None or isinstance(output, Said):
        return output  # type: ignore[return-value]  # every Said is one of Shown
    text = getattr(output, "_markdown_text", None)
    return Prose(text) if text is not None else Printed(repr(output)[:LONGEST])


def _main(source: str, kept: str, table: str = "", target: str = "") -> None:
    import polars as pl

    data = {"table": pl.read_parquet(table), "target": target} if table else None
    Path(kept).write_bytes(msgspec.json.encode(run(read(Path(source)), data)))


if __name__ == "__main__":
    sys.excepthook = traceback.print_exception  # which finds the lines of cells, as the interpreter's own does not
    _main(*sys.argv[1:])
