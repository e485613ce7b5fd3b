"""The run folder as a book of nine chapters. A chapter whose inputs are unchanged is read, not written again.

runs/7f3c2a/
  1-problem.json … 9-watch.json    noun, section, digest of the inputs
  2-dataset/ 5-leaderboard/ …      what does not fit in JSON, beside its chapter
  journal.log                      trials and their folds, as they finish
  order.json                       source and wishes, to resume with
  events.jsonl  workers.log        what was told; what workers wrote to stderr
  report.html  report.json  bundle/
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

import msgspec

from ninefold.core.clock import NEVER, Clock
from ninefold.core.errors import RunError
from ninefold.core.events import Progress, StageFinished, StageStarted, Tell
from ninefold.core.intact import checksums, intact, sealed, unsealed
from ninefold.core.journal import Journal
from ninefold.core.protocols import Crew
from ninefold.core.section import Section
from ninefold_runtime.files import write_whole

Noun = TypeVar("Noun")
NAMES = ("problem", "dataset", "preparation", "features", "leaderboard", "model", "evaluation", "bundle", "watch")
STAGES = ("problem", "collect", "prepare", "features", "select", "train", "evaluate", "deploy", "monitor")
"""What the stages that write these chapters are called: their rooms."""
FORMAT = 2
ATTEMPTS = 3
"""How often the lock is tried: whoever asks `writer` holds it for an instant."""


@dataclass(frozen=True)
class Writer:
    """The process that writes a run. Its budget of ``seconds``, None where there is none, counts since ``begun``
    (seconds since 1970)."""

    pid: int
    begun: float
    seconds: float | None = None


@dataclass(frozen=True)
class Context:
    """What a stage may use besides its nouns. ``folder`` is its own, for files; ``run`` is the whole run's."""

    number: int
    folder: Path
    run: Path
    clock: Clock
    journal: Journal
    tell: Tell
    crew: Callable[[], Crew]
    stop: threading.Event
    """Set when the user wants the best so far: the search ends, the stages after it still run."""

    def progress(self, text: str, done: float | None = None) -> None:
        self.tell(Progress(self.number, text, done))

    def share(self, of: float) -> Clock:
        """A clock over this share of the time left."""
        return Clock(max(self.clock.left, 0.0) * of)


class Chapter(msgspec.Struct, frozen=True):
    """One stored chapter. ``inputs`` is the digest of what it was made from, ``files`` are the checksums of the files
    that its noun names (see `ninefold.core.intact.checksums`)."""

    format: int
    inputs: str
    seconds: float
    section: Section
    noun: msgspec.Raw
    files: dict[str, str] = {}


class Closed(Exception):
    """The one chapter that was asked for is written: nothing comes after it."""


class Book:
    """Opens a run folder for writing and holds its lock until `close` (the kernel frees it if the process dies).

    With ``only`` the chapters before it are taken as they stand, and `chapter` raises `Closed` behind it.

    Raises:
        RunError: when another process is writing this run.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        tell: Tell,
        crew: Callable[[], Crew],
        stop: threading.Event,
        *,
        only: int | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._only = only
        self.clock = clock
        self.journal = Journal(folder / "journal.log")
        self._tell = tell
        self._crew = crew
        self._stop = stop
        self._lock = (folder / ".lock").open("a")
        if not any(_held(self._lock, fcntl.LOCK_EX) for _ in range(ATTEMPTS)):
            self._lock.close()
            owner = writer(folder)
            named = f" ({owner.pid})" if owner else ""
            hint = "wait for it, or start a run of your own by leaving --resume out"
            raise RunError("NF-E502", f"another process{named} is writing {folder}", hint=hint)
        self._sign()

    def close(self) -> None:
        self._lock.close()

    def _sign(self) -> None:
        """Say in the lock who holds it: `writer` tells it to whoever wants to watch or stop the run."""
        seconds = None if self.clock.seconds == NEVER else self.clock.seconds
        self._lock.truncate(0)
        self._lock.write(msgspec.json.encode(Writer(os.getpid(), time.time() - self.clock.spent, seconds)).decode())
        self._lock.flush()

    def chapter(
        self,
        number: int,
        stage: Callable[..., Noun],
        view: Callable[[Noun], Section],
        of: type[Noun],
        *nouns: Any,
    ) -> Noun:
        """The noun of chapter ``number``: read if it was made from these very ``nouns`` and its files are as they
        were, else made and written.

        A noun may be a function that gives it, which is asked only where the chapter is not taken as it stands.
        """
        if self._only is not None and number != self._only:
            if number > self._only:
                raise Closed
            return read_noun(self.folder, number, of)
        name = NAMES[number - 1]
        nouns = tuple(noun() if callable(noun) else noun for noun in nouns)
        inputs = digest(nouns, self.folder)
        stored = read_chapter(self.folder, number)
        self._tell(StageStarted(number, name))
        if stored is not None and stored.inputs == inputs and self._is_intact(number, stored):
            with suppress(msgspec.ValidationError):  # an older release may have written it: then it is made anew
                noun = decode(stored.noun, of, self.folder)
                self._tell(StageFinished(number, name, stored.section.sentence, stored.seconds, skipped=True))
                return noun
        started = time.monotonic()
        noun = stage(*nouns, context=self._context(number, name))
        section = view(noun)
        seconds = time.monotonic() - started
        files = checksums(_files(noun, self.folder), self.folder)
        chapter = Chapter(FORMAT, inputs, seconds, section, msgspec.Raw(encode(noun, self.folder)), files)
        write_chapter(self.folder, number, chapter)
        self._tell(StageFinished(number, name, section.sentence, seconds))
        return noun

    def _is_intact(self, number: int, stored: Chapter) -> bool:
        """Whether the files of a chapter are as it left them, or as a later one did, which may have put others beside
        them: the monitor joins the bundle."""
        later = [chapter.files for n in range(number + 1, 10) if (chapter := read_chapter(self.folder, n))]
        latest = {name: sum_ for files in (stored.files, *later) for name, sum_ in files.items()}
        places = {Path(name).parent for name in stored.files}
        return intact({name: sum_ for name, sum_ in latest.items() if Path(name).parent in places}, self.folder)

    def _context(self, number: int, name: str) -> Context:
        folder = self.folder / f"{number}-{name}"
        folder.mkdir(exist_ok=True)
        return Context(number, folder, self.folder, self.clock, self.journal, self._tell, self._crew, self._stop)


def writer(folder: Path) -> Writer | None:
    """The process that writes a run at this moment; None where none does, whatever its lock says of an earlier one."""
    try:
        with (folder / ".lock").open("rb") as lock:
            if _held(lock, fcntl.LOCK_SH, patience=0):
                return None
            return msgspec.json.decode(lock.read(), type=Writer)
    except (OSError, msgspec.DecodeError):
        return None


def _held(lock: IO[Any], kind: int, patience: float = 0.02) -> bool:
    """Take the lock without waiting for more than ``patience`` seconds; whether it could be had."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(patience)
        return False
    return True


def write_chapter(folder: Path, number: int, chapter: Chapter) -> None:
    """Store a chapter, sealed.

    Raises:
        OSError: when it cannot be written.
    """
    write_whole(_path(folder, number), sealed(msgspec.json.format(msgspec.json.encode(chapter))))


def read_chapter(folder: Path, number: int) -> Chapter | None:
    """A stored chapter, or None where it is missing, damaged, or of another format: it is then written again."""
    try:
        document = unsealed(_path(folder, number).read_bytes())
        chapter = msgspec.json.decode(document, type=Chapter) if document else None
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return chapter if chapter and chapter.format == FORMAT else None


def read_noun(folder: Path, number: int, of: type[Noun]) -> Noun:
    """The noun of a finished chapter.

    Raises:
        RunError: when the chapter does not exist or cannot be read.
    """
    chapter = read_chapter(folder, number)
    if chapter is not None:
        with suppress(msgspec.ValidationError):
            return decode(chapter.noun, of, folder)
    hint = f"finish it with: ninefold run --resume {folder}"
    raise RunError("NF-E503", f"{folder} has no readable chapter {number}-{NAMES[number - 1]}", hint=hint)


def sections(folder: Path) -> list[tuple[int, Section, float]]:
    """Number, section and seconds of every finished chapter, in order."""
    chapters = ((number, read_chapter(folder, number)) for number in range(1, 10))
    return [(number, chapter.section, chapter.seconds) for number, chapter in chapters if chapter]


def forget(folder: Path, number: int) -> None:
    """Drop the chapters from ``number`` on, with the files beside them: they will be written again."""
    for later in range(number, 10):
        _path(folder, later).unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            shutil.rmtree(folder / f"{later}-{NAMES[later - 1]}")
    if number <= 5:
        (folder / "journal.log").unlink(missing_ok=True)


@dataclass(frozen=True)
class Spent:
    """Seconds of the budget used when a record was written."""

    spent: float


def seconds_before(folder: Path, number: int) -> float:
    """Seconds that the chapters before ``number`` took."""
    return sum(seconds for chapter, _, seconds in sections(folder) if chapter < number)


def spent(folder: Path) -> float:
    """Seconds of its budget that an interrupted run had used when its last trial ended."""
    return max((record.spent for record in Journal(folder / "journal.log").read("ended", Spent)), default=0.0)


def new_folder(runs: Path) -> Path:
    """A fresh run folder under ``runs`` with a short random name.

    Raises:
        RunError: NF-E509 when no folder can be made there.
    """
    while True:
        folder = runs / secrets.token_hex(3)
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if runs.is_dir():
                continue
            raise _no_folder(runs, "it is a file") from None
        except OSError as error:
            raise _no_folder(runs, error.strerror or str(error)) from error
        return folder


def _no_folder(runs: Path, why: str) -> RunError:
    return RunError("NF-E509", f"no run can be kept in {runs}: {why}", hint="choose another folder with --runs")


def encode(noun: Any, folder: Path) -> bytes:
    """A noun as JSON; paths are written relative to the run folder, so that a run can be moved."""

    def plain(value: Any) -> Any:
        if isinstance(value, Path):
            return os.path.relpath(value, folder)
        raise NotImplementedError(f"a noun must be plain data, not {type(value)}")

    return msgspec.json.encode(noun, enc_hook=plain)


def _files(noun: Any, folder: Path) -> list[Path]:
    """The files and folders of the run that a noun names."""
    named: list[Path] = []
    msgspec.to_builtins(noun, enc_hook=named.append)
    return [path for path in named if path.is_relative_to(folder)]


def decode(raw: bytes, of: type[Noun], folder: Path) -> Noun:
    """What `encode` wrote, paths below ``folder`` again."""
    return msgspec.json.decode(raw, type=of, dec_hook=lambda kind, value: kind(folder / value))


def digest(nouns: tuple[Any, ...], folder: Path) -> str:
    """SHA-256 over the encoded nouns."""
    return hashlib.sha256(b"\0".join(encode(noun, folder) for noun in nouns)).hexdigest()


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number}-{NAMES[number - 1]}.json"
