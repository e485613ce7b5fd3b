"""F1, F2, F3 and F21: runs that are killed, cut off from power, or stopped by hand, and then taken up again."""

from __future__ import annotations

import re
import shutil
import signal
import time
from pathlib import Path

from breaking.outcome import Experiment, Outcome
from breaking.room import Ended, Room, finished, left_over, only_run, real, runs_in

BEGUN = "order.json"
PROMPT = 3.0
"""Seconds from a second Ctrl-C to the prompt."""
BOUNDARIES = ("fsync", "rename", "renameat2")
TRACER = ("strace", "-qq")


def at_random(room: Room, times: int) -> Outcome:
    """kill -9 of the process group at a moment drawn evenly over the length of a run."""
    outcome = Outcome()
    length = room.length
    for _ in range(3 * times):
        if outcome.times == times:
            break
        place = room.place()
        running = room.start(room.words, place)
        time.sleep(room.random.uniform(0.0, 0.95 * length))
        early = not running.over()
        running.strike()
        running.end()
        if early:
            outcome.note(*_after(room, place))
    return outcome


def at_every_boundary(room: Room, times: int) -> Outcome:
    """The main process killed on entering an fsync or a rename; ``times`` of the moments, spread evenly, 0 for all."""
    outcome = Outcome()
    if not tracer():
        outcome.figures.append("strace is not installed")
        return outcome
    for call, number in _spread(_boundaries(room), times):
        place = room.place()
        inject = f"inject={call}:signal=SIGKILL:when={number}"
        real(room.words, place, before=(*TRACER, "-o", "/dev/null", "-e", f"trace={call}", "-e", inject))
        outcome.note(*_after(room, place))
    return outcome


def without_power(room: Room, times: int) -> Outcome:
    """Killed, and then files that were not flushed to the disk lose a part of their end, the journal its last line."""
    outcome = Outcome()
    length = room.length
    for _ in range(times):
        place = room.place()
        running = room.start(room.words, place)
        time.sleep(room.random.uniform(0.4, 1.0) * length)
        running.strike()
        running.end()
        for run in runs_in(place):
            for file in filter(Path.is_file, run.rglob("*")):
                _tear(file, room)
        outcome.note(*_after(room, place))
    return outcome


def by_hand(room: Room, times: int) -> Outcome:
    """Ctrl-C at a random moment, every second time followed by another."""
    outcome = Outcome()
    length, slowest = room.length, 0.0
    for number in range(times):
        place = room.place()
        running = room.start(room.words, place)
        time.sleep(room.random.uniform(0.0, 0.9) * length)
        running.strike(signal.SIGINT)
        stopped = time.monotonic()
        if number % 2:
            time.sleep(0.2)
            running.strike(signal.SIGINT)
        ended = running.end()
        took = time.monotonic() - stopped
        slowest = max(slowest, took if ended.code == 130 else 0.0)
        outcome.note(*_stopped(room, place, ended, took))
    outcome.figures.append(f"{slowest:.1f} s at most from giving up to the prompt")
    return outcome


def _stopped(room: Room, place: Path, ended: Ended, took: float) -> tuple[str, str]:
    if ended.trouble or ended.code not in {0, 130}:
        return "broken", ended.trouble or f"ended with {ended.code}: {ended.err[-200:]}"
    if ended.code == 0:
        run = only_run(place)
        kept = "" if (run / "bundle" / "MANIFEST.json").is_file() else f"{run}: it ended well without a bundle"
        again = room.resume(run)
        return "ended with the best so far", kept or again.trouble or ("" if again.code == 0 else again.err[-200:])
    slow = f"{place}: {took:.1f} s until the prompt" if took > PROMPT else ""
    what, trouble = _after(room, place)
    mute = "" if what != "taken up" or "--resume" in ended.err else f"{place}: nothing said of how to go on"
    return f"gave up, {what}", slow or trouble or mute


def _after(room: Room, place: Path) -> tuple[str, str]:
    """What can be done after a run was stopped, and what went wrong with it."""
    until = time.monotonic() + 60.0
    while left_over(place) and time.monotonic() < until:
        time.sleep(0.05)
    orphans = left_over(place)
    if orphans:
        return "orphans", f"{place}: processes {orphans} still run"
    runs = [run for run in runs_in(place) if (run / BEGUN).is_file()]
    if not runs:
        room.leave(place)
        return "before the run had begun", ""
    trials = len(finished(runs[0]))
    trouble = room.taken_up(runs[0])
    if not trouble:
        room.leave(place)
    return ("taken up" if trials == 0 else "taken up with finished trials"), trouble


def _boundaries(room: Room) -> list[tuple[str, int]]:
    """Every such call that the main process makes in one run: its name, and the how manieth it is."""
    place = room.place()
    log = place / "calls"
    watched = ("-f", "--seccomp-bpf", "-o", str(log), "-e", f"trace={','.join(BOUNDARIES)}")
    ended = real(room.words, place, before=(*TRACER, *watched))
    if ended.code:
        raise RuntimeError(f"strace: {ended.err}")
    lines = log.read_text("utf-8").splitlines()
    main = lines[0].split()[0]
    calls = [found[1] for line in lines if (found := re.match(rf"{main} +(\w+)\(", line))]
    return [(call, calls[: place + 1].count(call)) for place, call in enumerate(calls)]


def _spread(points: list[tuple[str, int]], times: int) -> list[tuple[str, int]]:
    if not times or times >= len(points):
        return points
    return [points[round(i * (len(points) - 1) / max(1, times - 1))] for i in range(times)]


def _tear(file: Path, room: Room) -> None:
    if file.name == "journal.log":
        data = file.read_bytes()
        file.write_bytes(data + data.splitlines()[-1][:-7] if data else data)
    elif not _flushed(file):
        with file.open("r+b") as open_file:
            open_file.truncate(room.random.choice([0, int(room.random.random() * file.stat().st_size)]))


def _flushed(file: Path) -> bool:
    """Written by `write_whole`: JSON, the bundle, the plan, the graph, the pages."""
    return file.suffix in {".json", ".html", ".md", ".npz"} or file.parent.name == "bundle" or file.name == "model.onnx"


def tracer() -> bool:
    return shutil.which("strace") is not None


EXPERIMENTS = (
    Experiment(
        "F1", "kill -9 at a random moment, then resume", "nothing finished is lost; same bundle", 100, at_random
    ),
    Experiment("F2", "kill -9 at every fsync and rename", "as F1", 0, at_every_boundary),
    Experiment("F3", "power loss: unflushed ends are gone", "as F1", 50, without_power),
    Experiment("F21", "Ctrl-C at a random moment", "prompt within 3 s when given up; resume works", 50, by_hand),
)
