"""One file in the user's data folder, practice.json: what is known of each card, and every answer given.

It is written whole and at once, under a lock: neither a second process nor a kill loses an answer.
"""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from ninefold.core.errors import PracticeError
from ninefold_runtime.files import write_whole

FORMAT = 1
FILE, LOCK = "practice.json", ".practice.lock"


class Memory(msgspec.Struct, frozen=True):
    """What the scheduler knows of a card; the fields are those of fsrs. Moments are in UTC."""

    state: int
    step: int | None
    stability: float
    difficulty: float
    due: datetime
    last_review: datetime


class Review(msgspec.Struct, frozen=True):
    """One answer: 1 again, 2 hard, 3 good, 4 easy, and the seconds it took."""

    card: str
    rating: int
    at: datetime
    seconds: float


class Scored(msgspec.Struct, frozen=True):
    """One question of an interview, with the points that the reader gave for each line of the rubric."""

    question: int
    points: tuple[int, ...]
    seconds: float


class Held(msgspec.Struct, frozen=True):
    """One interview."""

    at: datetime
    minutes: float
    scored: tuple[Scored, ...]


class Kept(msgspec.Struct, frozen=True):
    """All of the file. ``until`` is the day to be ready on, ``minutes`` the most for a day, where they were said."""

    format: int = FORMAT
    until: date | None = None
    minutes: float | None = None
    cards: dict[str, Memory] = msgspec.field(default_factory=dict)
    reviews: tuple[Review, ...] = ()
    interviews: tuple[Held, ...] = ()


@dataclass(frozen=True)
class Store:
    """``tell`` hears what went wrong and was mended."""

    folder: Path
    tell: Callable[[str], None]

    @property
    def path(self) -> Path:
        return self.folder / FILE

    def read(self) -> Kept:
        """What is kept; a file that cannot be read is set aside, and all begins anew.

        Raises:
            PracticeError: NF-E701 when a later release wrote it, NF-E705 when it cannot be had.
        """
        try:
            with self._reachable():
                return _decoded(self.path)
        except msgspec.DecodeError:
            return self.change(lambda kept: kept)

    def change(self, changed: Callable[[Kept], Kept]) -> Kept:
        """Read, change and write, while no other process does.

        Raises:
            PracticeError: NF-E701 when a later release wrote it, NF-E705 when it cannot be written.
        """
        with self._reachable(), self._locked():
            before = self._whole()
            after = changed(before)
            if after != before:
                write_whole(self.path, msgspec.json.format(msgspec.json.encode(after)))
            return after

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOCK).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for half in self.folder.glob(f".{FILE}.*"):  # of a process that was killed as it wrote
                half.unlink()
            yield

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        """Say what to do where the disk refuses."""
        try:
            yield
        except OSError as error:
            hint = "let it be written to, or set XDG_DATA_HOME to another folder"
            raise PracticeError("NF-E705", f"{error.filename or self.folder}: {error.strerror}", hint=hint) from error

    def _whole(self) -> Kept:
        try:
            return _decoded(self.path)
        except msgspec.DecodeError as error:
            aside = self.path.with_name(f"practice.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.json")
            self.path.rename(aside)
            self.tell(f"{self.path} cannot be read ({error}); it is kept as {aside.name}, and practice begins anew")
            return Kept()


def _decoded(path: Path) -> Kept:
    """What a file holds; nothing where there is none.

    Raises:
        msgspec.DecodeError: when it is damaged. PracticeError: NF-E701 when a later release wrote it.
    """
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Kept)
    except FileNotFoundError:
        return Kept()
    if kept.format > FORMAT:
        hint = "update Ninefold, or move the file away to begin anew"
        raise PracticeError("NF-E701", f"{path} was written by a later release (format {kept.format})", hint=hint)
    return kept


def data_folder() -> Path:
    """Where the user's own files belong: XDG_DATA_HOME, or what the system has in its place."""
    named = os.environ.get("XDG_DATA_HOME", "")
    if Path(named).is_absolute():
        return Path(named) / "ninefold"
    home = Path("Library/Application Support" if sys.platform == "darwin" else ".local/share")
    return Path.home() / home / "ninefold"
