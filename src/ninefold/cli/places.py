"""Which run and which bundle the user means: a folder, an id, or nothing, which is the last run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ninefold.core.errors import RunError, nearest

Runs = Annotated[
    Path,
    typer.Option(
        "--runs", metavar="FOLDER", envvar="NINEFOLD_RUNS", help="Folder of the runs.", rich_help_panel="Where"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Trust = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="KEY.pub", help="Refuse a bundle that none of these keys has signed.", rich_help_panel="Where"
    ),
]
MANIFEST = "MANIFEST.json"


def run_at(name: str | None, runs: Path) -> Path:
    """The run folder of an id or a path, or of the last run.

    Raises:
        RunError: when there is no such run.
    """
    if name is None:
        from ninefold.runs import latest

        return latest(runs)
    for folder in (Path(name), runs / name):
        if any((folder / started).is_file() for started in ("order.json", "1-problem.json", "report.json")):
            return folder
    raise _unknown(name, runs)


def bundle_at(name: str | None, runs: Path) -> Path:
    """The bundle of a path (a folder or a zip file), of a run, or of the last run.

    Raises:
        RunError: when there is no such bundle, or the run has none yet.
    """
    if name is not None and (_is_packed(Path(name)) or (Path(name) / MANIFEST).is_file()):
        return Path(name)
    run = run_at(name, runs)
    if not (run / "bundle" / MANIFEST).is_file():
        raise RunError("NF-E507", f"{run} has no bundle yet", hint=f"finish it with: ninefold run --resume {run}")
    return run / "bundle"


def _is_packed(path: Path) -> bool:
    return path.suffix == ".zip" and path.is_file()


def _unknown(name: str, runs: Path) -> RunError:
    known = [path.parent.name for path in runs.glob("*/1-problem.json")]
    close = nearest(name, known)
    hint = "ninefold runs lists those there are" if known else "make one: ninefold run DATA --target COLUMN"
    message = f'there is no run or bundle "{name}" here or in {runs}'
    return RunError("NF-E506", message, hint=hint, given=name, suggestions=close)
