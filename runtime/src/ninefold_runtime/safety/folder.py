"""The files of a bundle that is a folder: plain ones, each read once, never through a link."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ninefold_runtime.errors import BundleError

_MOST_SEEN = 10_000
"""Names that are looked at; a bundle has far fewer."""


@dataclass(frozen=True)
class Folder:
    """See `ninefold_runtime.bundle.Files`."""

    path: Path

    def names(self) -> set[str]:
        try:
            with os.scandir(self.path) as entries:
                return {entry.name for entry in islice(entries, _MOST_SEEN)}
        except OSError as error:
            raise _unreadable(self.path, error) from error

    def read(self, name: str, limit: int) -> bytes:
        """At most one byte more than ``limit``.

        A link to a file under another name (a hard link) cannot be told from the file, and need not be: what is read
        must have the digest that the manifest tells, so that whoever made the manifest knew the bytes already.

        Raises:
            BundleError: NF-R106 when it is a link or no plain file.
        """
        path = self.path / name
        try:
            if not stat.S_ISREG(path.lstat().st_mode):
                raise _not_plain(path)
            # Whatever took its place since then is not followed, and not waited for.
            wary = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            descriptor = os.open(path, os.O_RDONLY | wary)
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise _not_plain(path)
                return file.read(limit + 1)
        except OSError as error:
            raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> BundleError:
    return BundleError("NF-R106", f"{path} cannot be read: {error.strerror}", refused="unreadable")


def _not_plain(path: Path) -> BundleError:
    hint = "a bundle has no links and no folders"
    return BundleError("NF-R106", f"{path} is not a plain file", hint=hint, refused="not-plain")
