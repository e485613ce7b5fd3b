"""A run as a project that others repeat: its table, and its order, which names the table where it lies there."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import msgspec

from ninefold import __version__
from ninefold.core.errors import RunError, SourceError, WishError
from ninefold.core.problem import Problem
from ninefold.core.results import Evaluation
from ninefold.export.destination import Subject
from ninefold.export.files import digest_of, put
from ninefold.report.document import without_password
from ninefold.runs import Order, Run, read_order

ORDER = "order.json"
SPECIAL = frozenset("*?[]!{}$`\\\n")
"""What shells, YAML templates and patterns give a meaning to."""
PACKAGE = f"ninefold=={__version__}"


@dataclass(frozen=True)
class Project:
    """``path`` is where the table lies in the project; ``order`` what is asked of it there."""

    table: Path
    path: str
    order: Order
    run: Run

    @property
    def problem(self) -> Problem:
        return self.run.problem

    @property
    def evaluation(self) -> Evaluation:
        return self.run.evaluation

    @property
    def asked(self) -> str:
        """The order as JSON of several lines."""
        return msgspec.json.format(msgspec.json.encode(self.order)).decode() + "\n"

    def put_table(self, folder: Path) -> None:
        """Copy the table to its path."""
        place = folder / self.path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.table, place)

    def put_order(self, folder: Path) -> None:
        put(folder / ORDER, self.asked)


def project(subject: Subject, to: str, path: str = "") -> Project:
    """The project of a run that was made from a file; ``path`` says where the table lies there, else ``data/NAME``.

    Raises:
        RunError: NF-E342 where only a bundle was given, NF-E351 where the run was not made from a file.
        SourceError: NF-E111 when the file is no longer what the run read.
        WishError: NF-E352 where the path is no plain one.
    """
    folder = subject.must_have_run(to)
    order, run = read_order(folder), Run(folder)
    if order.source is None or "://" in order.source or order.query is not None:
        came = "a dataframe" if order.source is None else without_password(order.source)
        hint = "write the rows to a file, and start a run from that"
        raise RunError("NF-E351", f"{to} needs a table in a file; {folder.name} was made from {came}", hint=hint)
    table = Path(order.source)
    if not table.is_file() or digest_of(table) != run.dataset.digest:
        hint = "start a run from the table as it is now, and export that"
        raise SourceError("NF-E111", f"{table} is not what {folder.name} was made from any more", hint=hint)
    place = checked_path(path or f"data/{table.name}")
    return Project(table, place, replace(order, source=place), run)


def checked_path(path: str) -> str:
    """A path below a project's folder, with forward slashes.

    Raises:
        WishError: NF-E352 where it leaves the folder, or could be taken for a pattern, a variable or an option.
    """
    plain = PurePosixPath(path)
    if plain.is_absolute() or ".." in plain.parts or path.startswith("-") or set(path) & SPECIAL:
        hint = "give a plain path below the project's folder"
        raise WishError("NF-E352", f"{path!r} is no plain path in a project", hint=hint, given=path)
    return str(plain)
