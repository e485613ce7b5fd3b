"""Where pages that were run are found: in the wheel, else in the user's cache, else they are run now and kept there.

A page in the wheel is as its author saw it; one in the cache is kept under all that it was made from: its source, the
sources of Ninefold, and the versions of what it may import.
"""

from __future__ import annotations

import hashlib
import os
import platform
from functools import cache
from importlib import metadata
from pathlib import Path

import msgspec

import ninefold
import ninefold_runtime
from ninefold.guide.page import Page
from ninefold.guide.running import Ran, run_apart
from ninefold.guide.tables import source
from ninefold_runtime.files import write_whole

BUILT = Path(__file__).parent / "built"
"""What `make guide` wrote: a page's data and HTML, the index, and what they were made from."""
LIBRARIES = (
    *("numpy", "polars", "scikit-learn", "scipy", "lightgbm", "onnxruntime", "marimo"),
    *("xgboost-cpu", "catboost", "torch", "umap-learn"),
)
SOURCES = (Path(ninefold.__file__).parent, Path(ninefold_runtime.__file__).parent)


def ran_of(page: Page) -> Ran:
    """The page as it ran: shipped with this release where it was, else `fresh`.

    Raises:
        MissingExtra: NF-E401 when it has to be run, and marimo is absent.
        PageFailed: when a cell or a test of it fails.
    """
    shipped = BUILT / f"{page.name}.json"
    ran = _read(shipped)
    return ran if ran is not None and ran.digest == page.digest else fresh(page)


def fresh(page: Page) -> Ran:
    """The page as it runs here and now: from the cache if nothing has changed since, else it is run and kept.

    Raises:
        MissingExtra: NF-E401 when marimo is absent.
        PageFailed: when a cell or a test of it fails.
    """
    kept = cache_folder() / f"{page.name}-{key(page)}.json"
    ran = _read(kept)
    if ran is None:
        ran = run_apart(page)
        _keep(kept, ran)
    return ran


def page_file(page: Page, ran: Ran, *, yours: bool) -> Path:
    """The page as a file: the one that was shipped, else one in the cache. ``yours``: it ran on the reader's table."""
    from ninefold.guide import render

    shipped = BUILT / f"{page.name}.html"
    if not yours and shipped.exists() and _read(shipped.with_suffix(".json")) == ran:
        return shipped
    return _written(f"{page.name}{'-yours' if yours else ''}.html", render.page(ran))


def index_file() -> Path:
    """The index as a file."""
    from ninefold.guide import render

    shipped = BUILT / "index.html"
    return shipped if shipped.exists() else _written(shipped.name, render.index())


def _written(name: str, content: str) -> Path:
    path = cache_folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content.encode())
    return path


def cache_folder() -> Path:
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "ninefold" / "guide"


def key(page: Page) -> str:
    """Of all that decides what the page says."""
    return hashlib.sha256(f"{page.digest} {_surroundings()}".encode()).hexdigest()[:20]


@cache
def _surroundings() -> str:
    """Python, libraries and Ninefold's own sources, other pages and the faces of the guide aside."""
    told = hashlib.sha256(f"{platform.python_version()} {platform.machine()}".encode())
    for library in LIBRARIES:
        told.update(f" {library} {_version(library)}".encode())
    for path in (*sorted(path for root in SOURCES for path in root.rglob("*.py") if _decides(path)), source()):
        told.update(path.read_bytes())
    return told.hexdigest()


def _decides(path: Path) -> bool:
    return not {"pages", "cli", "web", "practice"} & set(path.parts[-3:])


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""


def _read(path: Path) -> Ran | None:
    """Nothing where there is no such file, or one of another release that cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ran)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return None


def _keep(path: Path, ran: Ran) -> None:
    """What was kept of the page before goes; a cache that cannot be written is none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(f"{ran.name}-*.json"):
            old.unlink(missing_ok=True)
        write_whole(path, msgspec.json.encode(ran))
    except OSError:
        return
