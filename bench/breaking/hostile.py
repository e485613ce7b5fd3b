"""F9, F10 and F11: learners that eat memory, hang, crash or will not be quiet. Each costs its own trial and no more."""

from __future__ import annotations

import json
import resource
import shutil
import sys
import time
from pathlib import Path

from breaking.outcome import Experiment, Outcome
from breaking.room import LONGEST, Ended, Room, left_over, only_run

CAP = 3_000_000_000
"""Bytes that the whole run may allocate: a worker gets 0.6 of it, divided by their number."""
BUDGET = 20.0
LATE = 0.05 * BUDGET + 2.0
IN_TIME, COUNTED = ("--budget", f"{BUDGET:.0f}s"), ("--work", "8", "--folds", "2")
"""Where a learner hangs, time is what ends it; else work is counted, and a busy machine does not matter."""
MOST_LOG = 2 << 20
LEARNER = """
import ctypes, os, signal, subprocess, sys, time
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from ninefold.core.parts import setting
from ninefold.core.protocols import Card

def eats(data):
    hoard = []
    while True:
        hoard.append(np.ones(4_000_000))

def eats_at_once(data):
    return np.ones(4_000_000_000)

def sleeps(data):
    time.sleep(3600)

def is_deep_in_c(data):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        ctypes.PyDLL(None).sleep(3600)  # holds the interpreter's lock, as native code may

def has_children(data):
    for _ in range(3):
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    time.sleep(3600)

def segfaults(data):
    ctypes.string_at(0)

def exits(data):
    sys.exit(1)

def exits_hard(data):
    os._exit(1)

def prints(data):
    line = "x" * (1 << 20)
    for _ in range(1024):
        print(line, flush=True)
    raise ValueError("said enough")

class Bad:
    def __del__(self):
        raise ValueError("in __del__")

def raises_when_deleted(data):
    Bad()
    raise ValueError("and in fit")

@dataclass(frozen=True)
class Hostile:
    dummy: int = setting(1, "nothing")
    card: ClassVar[Card] = Card("Hostile", ("binary",), "plain", "", "", "", "", (), "test", seconds=0.01, promise=1.0)
    portfolio: ClassVar = ({},)

    def fit(self, data, *, rng, clock):
        HOW(data)
        raise ValueError("it came back")
"""
STATES = {"failed", "killed", "late", "unfinished"}


def _tried(how: str, times: int, room: Room, outcome: Outcome, ends: tuple[str, ...], cap: int = 0) -> None:
    for _ in range(times):
        place = room.place()
        site = _site(place, how)
        words = ("run", str(room.table), "--target", "y", *ends, "-q", "--json")
        words += ("--learner", "hostile", "--learner", "logistic_regression")

        def prepare(site: str = str(site)) -> None:
            sys.path.insert(0, site)
            if cap:
                resource.setrlimit(resource.RLIMIT_DATA, (cap, resource.RLIM_INFINITY))

        ended = room.run(words, place, env={"PYTHONPATH": _path(site)}, prepare=prepare)
        outcome.note(*_judged(place, how, ended, BUDGET + LATE if ends == IN_TIME else LONGEST))


def _path(site: Path) -> str:
    return ":".join([str(site), *filter(None, sys.path)])


def _site(place: Path, how: str) -> Path:
    """A learner installed as an outside package would be."""
    site = place / "site"
    info = site / "hostile-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "hostile.py").write_text(LEARNER.replace("HOW", how), "utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[ninefold.parts]\nlearners.hostile = hostile:Hostile\n", "utf-8")
    return site


def _judged(place: Path, how: str, ended: Ended, within: float) -> tuple[str, str]:
    what = how.replace("_", " ")
    if ended.trouble or ended.code:
        return what, ended.trouble or f"{how}: ended with {ended.code}: {(ended.err + ended.out)[-300:]}"
    run = only_run(place)
    trials = json.loads((run / "5-leaderboard.json").read_text("utf-8"))["noun"]["trials"]
    states = {trial["state"] for trial in trials if trial["learner"] == "hostile"}
    time.sleep(1.0)
    troubles = [
        "" if states <= STATES and states else f"its trials are {states}",
        "" if ended.seconds < within else f"the run took {ended.seconds:.1f} s",
        "" if not left_over(place) else f"processes {left_over(place)} still run",
        "" if (run / "workers.log").stat().st_size < MOST_LOG else "workers.log has grown large",
        "" if any(t["learner"] == "logistic_regression" and t["state"] == "finished" for t in trials) else "no other",
    ]
    told = [trouble for trouble in troubles if trouble]
    if not told:
        shutil.rmtree(place)
    return what, f"{how}: {'; '.join(told)}" if told else ""


def hungry(room: Room, times: int) -> Outcome:
    outcome = Outcome()
    for how in ("eats", "eats_at_once"):
        _tried(how, times, room, outcome, COUNTED, CAP)
    return outcome


def stuck(room: Room, times: int) -> Outcome:
    outcome = Outcome()
    for how in ("sleeps", "is_deep_in_c", "has_children"):
        _tried(how, times, room, outcome, IN_TIME)
    return outcome


def broken(room: Room, times: int) -> Outcome:
    outcome = Outcome()
    for how in ("segfaults", "exits", "exits_hard", "prints", "raises_when_deleted"):
        _tried(how, times, room, outcome, COUNTED)
    return outcome


EXPERIMENTS = (
    Experiment(
        "F9", "a learner that eats memory, slowly and at once (3 GB)", "its trial fails, the run ends", 2, hungry
    ),
    Experiment(
        "F10", "a learner that hangs: sleep, C code, children", "run ends in budget + 5 % + 2 s, no orphans", 2, stuck
    ),
    Experiment(
        "F11", "a learner that segfaults, exits, prints 1 GB, raises in __del__", "its trial fails alone", 2, broken
    ),
)
