"""F13: messy CSV files. Pollock's 2,289 polluted ones, whose clean versions are known, and 287 collected ones."""

from __future__ import annotations

import csv
import re
import signal
import tarfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from breaking.outcome import Experiment, Outcome
from breaking.room import Room

HANG = 2.0
"""CPU seconds after which a file counts as one that hangs."""
CLASS = re.compile(r"(?:file|row)_[a-z_]*[a-z]|source")


@dataclass(frozen=True)
class Read:
    """What came of a file: ``rows`` and ``names`` of its table with what was noted, or a refusal in words."""

    rows: int = 0
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    refusal: str = ""
    broken: str = ""
    seconds: float = 0.0


def messy(room: Room, times: int) -> Outcome:
    """Every file once; every so manieth, where ``times`` of each collection are asked for."""
    outcome = Outcome()
    folder = room.data / "messy-csv"
    if not folder.is_dir():
        outcome.figures.append(f"no files below {folder}")
        return outcome
    classes: dict[str, list[str]] = defaultdict(list)
    polluted = _unpacked(folder / "pollock" / "polluted_files.tar.gz", room.place())
    files = sorted((polluted / "csv").iterdir())
    for file in files[:: max(1, len(files) // times) if times else 1]:
        what, trouble = _compared(read(file), polluted / "clean" / file.name)
        found = CLASS.match(file.stem)
        classes[found[0] if found else file.stem].append(what)
        outcome.note(f"Pollock: {what}", f"{file.name}: {trouble}" if trouble else "")
    curated = sorted(file for file in (folder / "curated").iterdir() if file.is_file())
    for file in curated[:: max(1, len(curated) // times) if times else 1]:
        got = read(file)
        what = "collected: " + ("broken" if got.broken else "refused in a sentence" if got.refusal else "read")
        outcome.note(what, f"{file.name}: {got.broken}" if got.broken else "")
    for name, ends in sorted(classes.items()):
        told = ", ".join(f"{ends.count(end)} {end}" for end in sorted(set(ends)))
        outcome.figures.append(f"{name}: {told}")
    return outcome


def _unpacked(archive: Path, place: Path) -> Path:
    with tarfile.open(archive) as files:
        files.extractall(place, filter="data")
    return place


def read(file: Path) -> Read:
    """Read a file as a run does."""
    from ninefold.collect.source import open_source
    from ninefold.core.errors import NinefoldError

    started = time.process_time()
    try:
        with _at_most(HANG):
            table = open_source(file).table
    except NinefoldError as error:
        return Read(refusal=f"{error.message} [{error.code}]", seconds=time.process_time() - started)
    except Exception as error:  # noqa: BLE001  whatever else escapes is what is looked for
        return Read(broken=f"{type(error).__name__}: {error}"[:300])
    return Read(table.frame.height, tuple(table.frame.columns), table.notes, seconds=time.process_time() - started)


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Interrupt what takes more CPU."""

    def late(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"more than {seconds:.0f} s of CPU")

    signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _compared(got: Read, clean: Path) -> tuple[str, str]:
    """Rows against those of the clean version, its header aside. A loss that a note tells is not silent."""
    if got.broken:
        return "broken", got.broken
    if got.refusal:
        return "refused in a sentence", ""
    with clean.open(newline="", encoding="utf-8", errors="replace") as file:
        rows = [row for row in csv.reader(file) if any(row)]
    expected, headed = len(rows) - 1, tuple(name.strip() for name in rows[0]) == got.names
    if got.rows < expected:
        told = f"{expected - got.rows} of {expected} rows are gone"
        return ("fewer rows, and said so", "") if got.notes else ("rows silently lost", told)
    if got.rows > expected:
        return "more rows than the clean version" + (", and said so" if got.notes else ""), ""
    return ("read as the clean version" if headed else "as many rows, other names"), ""


EXPERIMENTS = (
    Experiment("F13", "messy CSV files", "no traceback, no hang over 2 s, no row lost in silence", 0, messy),
)
