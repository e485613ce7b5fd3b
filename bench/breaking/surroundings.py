"""F18, F20 and F22: clocks that jump, other numbers of workers, and surroundings that lack what is usual."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from breaking.outcome import Experiment, Outcome
from breaking.room import Ended, Room, only_run, real

OFFSETS = ("+1d", "-1d", "-2h")
"""What faketime makes of the time of day. It cannot let that alone jump in the middle: Python's sleep then fails."""
BUDGET, MOST = ("--budget", "10s"), 16.0


def clocks(room: Room, times: int) -> Outcome:
    """The time of day is false for the whole run; then it jumps by up to a day either way whenever it is asked for."""
    outcome = Outcome()
    words = tuple(word for word in room.words if word not in {"--work", "24"}) + BUDGET
    for offset in OFFSETS[: times or None] if shutil.which("faketime") else ():
        place = room.place()
        outcome.note("with another time of day", _timed(place, real(words, place, before=("faketime", "-f", offset))))
    for _ in range(times or 3):
        place = room.place()
        outcome.note("with one that jumps", _timed(place, room.run(words, place, prepare=_jumping)))
    return outcome


def _timed(place: Path, ended: Ended) -> str:
    late = f"{place}: the run took {ended.seconds:.0f} s" if ended.seconds > MOST else ""
    return _well(ended) or late or _durations(only_run(place))


def _jumping() -> None:
    """Of the main process, which alone asks for the time of day."""
    true = time.time
    time.time = lambda: true() + random.uniform(-86_400, 86_400)


def _durations(run: Path) -> str:
    stages = [json.loads(path.read_text("utf-8"))["seconds"] for path in run.glob("[1-9]-*.json")]
    return "" if all(0 <= seconds < 60 for seconds in stages) else f"{run}: stages took {stages}"


def alike(room: Room, times: int) -> Outcome:
    """The same run with one worker, with two and with three."""
    outcome = Outcome()
    for number in range(times):
        place = room.place()
        count = number % 3 + 1
        ended = room.run(room.words, place, env={"NINEFOLD_THREADS": str(count)})
        outcome.note(f"with {count} workers", _well(ended) or room.difference(only_run(place)))
        room.leave(place)
    return outcome


def bare(room: Room, times: int) -> Outcome:
    """Each surrounding once: the run must end as elsewhere."""
    outcome = Outcome()
    for name, tried in SURROUNDINGS.items():
        place = room.place()
        try:
            ended = tried(room, place)
        except FileNotFoundError as error:
            outcome.figures.append(f"{name} not tried: {error}")
            continue
        trouble = _well(ended)
        if not trouble:
            folders = [path.parent for path in place.rglob("order.json")]
            trouble = room.difference(folders[0]) if folders else "no run was kept"
        outcome.note("surroundings", f"{name}: {trouble}" if trouble else "")
    return outcome


def _well(ended: Ended) -> str:
    return ended.trouble or ("" if ended.code == 0 else f"ended with {ended.code}: {ended.err.strip()[-300:]}")


def _home(room: Room, place: Path) -> Ended:
    """A home of nobody's: even root cannot write below it."""
    return real(room.words, place, HOME="/proc/1/none", XDG_CACHE_HOME="/proc/1/none", XDG_CONFIG_HOME="/proc/1/none")


def _network(room: Room, place: Path) -> Ended:
    return real(room.words, place, before=("unshare", "--net"))


def _shared_memory(room: Room, place: Path) -> Ended:
    script = 'mount -t tmpfs -o ro,size=4k none /dev/shm && exec "$@"'
    return real(room.words, place, before=("unshare", "--mount", "sh", "-c", script, "sh"))


def _umask(room: Room, place: Path) -> Ended:
    return room.run(room.words, place, prepare=lambda: _ignore(os.umask(0o077)))


def _names(room: Room, place: Path) -> Ended:
    odd = place / "a folder, with ünïcödé \U0001f600 'and' \"quotes\" %20 $HOME"
    odd.mkdir()
    return room.run((*room.words, "--runs", str(odd / "runs")), place)


def _plain_language(room: Room, place: Path) -> Ended:
    return real(room.words, place, LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")


def _few_files(room: Room, place: Path) -> Ended:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return room.run(room.words, place, prepare=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard)))


def _no_descriptors(room: Room, place: Path) -> Ended:
    return real(room.words, place, before=("sh", "-c", 'exec "$@" <&- >&-', "sh"))


def _zone(room: Room, place: Path) -> Ended:
    return real(room.words, place, TZ="Pacific/Chatham")


def _ignore(value: object) -> None: ...


SURROUNDINGS: dict[str, Callable[[Room, Path], Ended]] = {
    "a home that cannot be written": _home,
    "no network": _network,
    "no shared memory": _shared_memory,
    "umask 077": _umask,
    "a path with spaces, quotes and letters of all kinds": _names,
    "LANG=C and ASCII": _plain_language,
    "64 open files": _few_files,
    "stdin and stdout closed": _no_descriptors,
    "a time zone of 45 minutes": _zone,
}

EXPERIMENTS = (
    Experiment("F18", "clocks that jump or race", "budget kept, no negative duration", 0, clocks),
    Experiment("F20", "the same run again, with 1, 2 and 3 workers", "same bundle and leaderboard", 9, alike),
    Experiment("F22", "poor surroundings", "same bundle", 0, bare),
)
