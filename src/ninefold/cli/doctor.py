"""``ninefold doctor``: the machine and the packages, as an error report wants them."""

from __future__ import annotations

import os
import platform
from typing import Any

import typer

from ninefold.cli.places import Json
from ninefold.core.machine import processors

NEEDED = ("ninefold", "ninefold-runtime", "numpy", "polars", "scikit-learn", "lightgbm", "onnx", "onnxruntime", "spox")
EXTRAS = {
    "sql": ("sqlalchemy",),
    "ui": ("fastapi", "python-multipart"),
    "sign": ("cryptography",),
    "guide": ("marimo", "fsrs"),
}


def doctor(as_json: Json = False) -> None:
    """Say which versions, cores and memory there are. Exit code 1 when a needed package is missing."""
    import json

    from ninefold.cli.terminal import write_line

    found = examined()
    if as_json:
        write_line(json.dumps(found))
    else:
        _print(found)
    raise typer.Exit(0 if found["healthy"] else 1)


def examined() -> dict[str, Any]:
    packages = {name: _version(name) for name in NEEDED}
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": processors(),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "settings": {name: value for name, value in sorted(os.environ.items()) if name.startswith("NINEFOLD_")},
        "packages": packages,
        "extras": {extra: all(_version(name) for name in names) for extra, names in EXTRAS.items()},
        "healthy": all(packages.values()),
    }


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _print(found: dict[str, Any]) -> None:
    from rich.table import Table as Grid
    from rich.text import Text

    from ninefold.cli.terminal import answers
    from ninefold.core.words import size

    table = Grid.grid(padding=(0, 2))
    rows = [("python", found["python"]), ("system", found["system"]), ("cores", str(found["cores"]))]
    rows += [("memory", size(found["memory"])), *found["settings"].items()]
    for name, value in rows:
        table.add_row(Text(name, "dim"), Text(value))
    for name, number in found["packages"].items():
        table.add_row(Text(name, "dim"), Text(number) if number else Text("✗ missing", "red"))
    for extra, present in found["extras"].items():
        hint = "✓" if present else f'not installed: pip install "ninefold[{extra}]"'
        table.add_row(Text(f"extra {extra}", "dim"), Text(hint))
    answers().print(table)
