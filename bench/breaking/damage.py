"""F5: every file of a run is damaged, one at a time, and the run is taken up."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from breaking.outcome import Experiment, Outcome
from breaking.room import Room

NAMED = {"order.json"}
"""What cannot be made again from what is left: its loss must be said."""


def damaged(room: Room, times: int) -> Outcome:
    """Each kind of damage to each file of a finished run, and of one that was stopped before its model was made."""
    outcome = Outcome()
    files = [file for file in sorted(room.reference.rglob("*")) if file.is_file() and file.stat().st_size]
    cases = [(file.relative_to(room.reference), how, half) for half in (False, True) for file in files for how in HOW]
    step = max(1, len(cases) // times) if times else 1
    for file, how, half in cases[::step]:
        place = room.place()
        run = place / "runs" / room.reference.name
        shutil.copytree(room.reference, run)
        if half:
            _stopped(run)
        if (run / file).is_file():
            HOW[how](run / file, room)
            outcome.note(*_judged(room, run, str(file), f"{file} {how}{' (half a run)' if half else ''}"))
        room.leave(place)
    return outcome


def _stopped(run: Path) -> None:
    """As if it had been killed while the model was made: the leaderboard is not written, its trials are."""
    for name in ("5-leaderboard", "6-model", "7-evaluation", "8-bundle", "9-watch"):
        (run / f"{name}.json").unlink()
    for name in ("6-model", "7-evaluation", "8-bundle", "9-watch", "bundle"):
        shutil.rmtree(run / name)


def _judged(room: Room, run: Path, file: str, told: str) -> tuple[str, str]:
    ended = room.resume(run)
    if ended.trouble:
        return "broken", f"{told}: {ended.trouble}"
    if ended.code:
        named = Path(file).name in ended.err and file in NAMED
        return "said to be lost", "" if named else f"{told}: ended with {ended.code}: {ended.err.strip()[-200:]}"
    trouble = room.difference(run)
    return "made again, or not needed", f"{told}: {trouble}" if trouble else ""


def _flip(file: Path, room: Room) -> None:
    data = bytearray(file.read_bytes())
    data[room.random.randrange(len(data))] ^= 1 << room.random.randrange(8)
    file.write_bytes(data)


def _halve(file: Path, room: Room) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _empty(file: Path, room: Room) -> None:
    file.write_bytes(b"")


def _swap(file: Path, room: Room) -> None:
    """With another file of its folder, or of the run."""
    others = [other for other in sorted(file.parent.iterdir()) if other.is_file() and other != file]
    others = others or [other for other in sorted(file.parent.parent.iterdir()) if other.is_file()]
    other = room.random.choice(others)
    ours, theirs = file.read_bytes(), other.read_bytes()
    file.write_bytes(theirs)
    other.write_bytes(ours)


HOW: dict[str, Callable[[Path, Room], None]] = {
    "one bit flipped": _flip,
    "cut to half": _halve,
    "emptied": _empty,
    "swapped with another": _swap,
}

EXPERIMENTS = (
    Experiment(
        "F5", "every file damaged in four ways, then resume", "the same bundle, or the loss is named", 0, damaged
    ),
)
