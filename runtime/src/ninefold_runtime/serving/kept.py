"""What a service keeps on disk while it runs: copies of the bundles being served, and what workers tell each other.

From the copies a worker that is started anew serves what the one before it did. The folder that was named may have been
exchanged or damaged in the meantime; that is looked at when a reload is asked for, not when a worker crashes.
"""

from __future__ import annotations

import shutil
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

_MOST_FILES = 64
_MOST_BYTES = 4 << 30


class Kept:
    """A temporary folder; gone when the service ends."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._count = 0

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def shared(self) -> str | None:
        """A folder for what workers tell each other; None where none can be made."""
        try:
            folder = self._place() / "shared"
            folder.mkdir(exist_ok=True)
        except OSError:
            return None
        return str(folder)

    def _place(self) -> Path:
        self._folder = self._folder or Path(tempfile.mkdtemp(prefix="ninefold-serve-"))
        return self._folder

    def copies(self, sources: Iterable[str]) -> dict[str, str]:
        """Copies by source. What cannot be copied, or does not look like a bundle, is left to who reads it."""
        made = {}
        for source in dict.fromkeys(sources):
            try:
                copy = self._copy(Path(source))
            except OSError:
                continue
            if copy is not None:
                made[source] = str(copy)
        return made

    def forget(self, copies: Iterable[str]) -> None:
        """Remove copies that serve no more."""
        for copy in copies:
            path = Path(copy)
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def _copy(self, source: Path) -> Path | None:
        files = [source] if source.is_file() else list(source.iterdir())
        looks = [file.lstat() for file in files[:_MOST_FILES]]
        plain = all(stat.S_ISREG(look.st_mode) for look in looks)
        if not plain or len(files) > _MOST_FILES or sum(look.st_size for look in looks) > _MOST_BYTES:
            return None
        self._count += 1
        place = self._place() / str(self._count) / source.name
        if source.is_file():
            place.parent.mkdir()
            shutil.copyfile(source, place)
            return place
        place.mkdir(parents=True)
        for file in files:
            shutil.copyfile(file, place / file.name, follow_symlinks=False)
        return place


def look(paths: Iterable[str | Path]) -> tuple[object, ...]:
    """What changes when a file, or a file in one of the folders, is changed or exchanged."""
    return tuple(_look(Path(path)) for path in paths)


def _look(path: Path) -> object:
    try:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        stats = [(file.name, file.lstat()) for file in files[:_MOST_FILES]]
    except OSError as error:
        return error.errno
    return tuple((name, at.st_ino, at.st_size, at.st_mtime_ns) for name, at in stats)
