"""F4: a disk that is full, at the n-th write or from a size on."""

from __future__ import annotations

import subprocess
from pathlib import Path

from breaking.kills import TRACER, tracer
from breaking.outcome import Experiment, Outcome
from breaking.room import Ended, Room, only_run, real, runs_in

CALLS = ("write", "fsync", "pwrite64", "rename")
SIZES = ("64k", "128k", "256k", "384k", "512k")
CODE = "NF-E508"


def full(room: Room, times: int) -> Outcome:
    """ENOSPC for the n-th write of every process; then file systems of five sizes, on which there is room later."""
    outcome = Outcome()
    if not tracer():
        outcome.figures.append("single writes not tried: strace is not installed")
    for call in CALLS if tracer() else ():
        for number in _numbers(call, times):
            place = room.place()
            inject = f"inject={call}:error=ENOSPC:when={number}"
            ended = real(room.words, place, before=(*TRACER, "-o", "/dev/null", "-e", f"trace={call}", "-e", inject))
            outcome.note(*_judged(room, place, ended, f"{call} {number}"))
    for size in SIZES:
        place = room.place()
        disk = place / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], check=False).returncode:
            outcome.count("sizes not tried: mounting needs root")
            continue
        try:
            ended = room.run((*room.words, "--runs", str(disk / "runs")), place)
            subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
            outcome.note(*_judged(room, disk, ended, size))
        finally:
            subprocess.run(["umount", "-l", disk], check=False)
    return outcome


def _numbers(call: str, times: int) -> range:
    """Writes are many: the first of each process, then every few; the others are fewer than a hundred."""
    most = {"write": 300, "fsync": 80, "pwrite64": 4, "rename": 60}[call]
    share = max(1, times * most // 444) if times else most
    return range(1, most + 1, max(1, most // share))


def _judged(room: Room, place: Path, ended: Ended, where: str) -> tuple[str, str]:
    if ended.trouble:
        return "broken", f"{place} {where}: {ended.trouble}"
    if ended.code not in {0, 2} or (ended.code == 2 and ended.refusal not in {CODE, "NF-E509"}):
        return "broken", f"{place} {where}: ended with {ended.code}: {ended.err.strip()[-200:]}"
    if not any((run / "order.json").is_file() for run in runs_in(place)):
        return "refused before the run had begun", ""
    trouble = room.taken_up(only_run(place))
    if not trouble:
        room.leave(place)
    return ("ended all the same" if ended.code == 0 else "refused with a message, then taken up"), trouble


EXPERIMENTS = (Experiment("F4", "a full disk at every write", "a message, exit code 2, and resume works", 200, full),)
