"""Which run and which file a request means: only runs of this app, and only tables of its own folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from ninefold.core.errors import RunError, SourceError, nearest
from ninefold.runs import Run
from ninefold.web.desk import UPLOADS, Desk
from ninefold_runtime.photos import is_image

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
TABLES = (".csv", ".tsv", ".txt", ".parquet", ".arrow", ".feather", ".ipc", ".json", ".jsonl", ".ndjson", ".gz", ".zip")
SEEN = 20
"""Files of a folder that are looked at to see whether it is one of images."""
MOST_LISTED = 200
MOST_FOLDERS = 400


def is_run(folder: Path) -> bool:
    """An upload may have the name of a run's own file; the folder of uploads is none for that."""
    return folder.name != UPLOADS and any((folder / name).is_file() for name in ("order.json", "1-problem.json"))


def run_of(desk: Desk, name: str) -> Run:
    """The run of an id.

    Raises:
        RunError: NF-E506 when there is none.
    """
    if _ID.fullmatch(name) and is_run(desk.runs / name):
        return Run(desk.runs / name)
    raise RunError("NF-E506", f'there is no run "{name[:64]}"', hint="the page of runs lists those there are")


def table_of(desk: Desk, name: str) -> Path:
    """The file, or the folder of classes of images, of a path below the app's folder, or below its uploads.

    Raises:
        SourceError: NF-E101 when there is none, NF-E102 where it lies elsewhere, is hidden, or is neither.
    """
    try:
        path = (desk.folder / name).resolve()
        inside = any(path.is_relative_to(root) and _is_shown(path, root) for root in _roots(desk))
        there = path.is_file() or (path.is_dir() and any(_has_images(folder) for folder in path.iterdir()))
    except (OSError, ValueError):
        inside, there = False, False
    if not inside:
        hint = f"files are read from {desk.folder} and below; upload what lies elsewhere"
        raise SourceError("NF-E102", "this path does not lie in the folder of this app", hint=hint)
    if not there:
        close = nearest(name, tables(desk))
        hint = f'did you mean "{close[0]}"?' if close else "choose a file of the list, or upload one"
        raise SourceError("NF-E101", f"there is no file {name[:200]}", hint=hint)
    return path


def named(desk: Desk, path: Path) -> str:
    """A table's path as forms send it: from the app's folder, or the whole of it."""
    return str(path.relative_to(desk.folder)) if path.is_relative_to(desk.folder) else str(path)


def tables(desk: Desk) -> list[str]:
    """Files below the app's folder and its uploads that look like tables, and folders of classes of images, at most
    MOST_LISTED."""
    found = chain(_files(desk.folder, (desk.runs,)), _files(desk.uploads, ()))
    return [named(desk, path) for path in islice(found, MOST_LISTED)]


def _has_images(folder: Path) -> bool:
    return folder.is_dir() and any(is_image(path.name) for path in islice(folder.iterdir(), SEEN))


def _files(root: Path, without: tuple[Path, ...]) -> Iterator[Path]:
    last = root
    for seen, (at, folders, names) in enumerate(os.walk(root)):
        if seen == MOST_FOLDERS:
            return
        here = Path(at)
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__")) and here / f not in without)
        if here.parent not in {last, root, root.parent} and any(map(is_image, islice(names, SEEN))):
            last = here.parent
            yield last
        yield from (here / n for n in sorted(names) if n.lower().endswith(TABLES) and not n.startswith("."))


def _roots(desk: Desk) -> tuple[Path, ...]:
    return desk.folder, desk.uploads.resolve()


def _is_shown(path: Path, root: Path) -> bool:
    """Hidden files hold what is not for pages: keys, settings, histories."""
    return not any(part.startswith(".") for part in path.relative_to(root).parts)
