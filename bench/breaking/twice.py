"""F6: two processes and one folder, and two that make the folder of runs at the same time."""

from __future__ import annotations

import re
import time

from breaking.outcome import Experiment, Outcome
from breaking.room import Room, runs_in

AT_ONCE = 1.0


def twice(room: Room, times: int) -> Outcome:
    """Every time a second writer of one run, and two first writers of one folder of runs."""
    outcome = Outcome()
    slowest = 0.0
    for _ in range(times):
        place = room.place()
        first = room.start(room.words, place)
        while not (first.over() or any((run / "order.json").is_file() for run in runs_in(place))):
            time.sleep(0.01)
        second = room.start(("run", "--resume", str(runs_in(place)[0]), "-q"), place).end()
        slowest = max(slowest, second.seconds)
        ended = first.end()
        named = re.search(rf"\({first.pid}\)", second.err)
        refused = second.code == 2 and second.refusal == "NF-E502" and named and second.seconds < AT_ONCE
        said = f"{place}: the second ended with {second.code} after {second.seconds:.2f} s: {second.err[-200:]}"
        trouble = "" if refused else second.trouble or said
        outcome.note("second writers refused", trouble or ended.trouble or room.difference(runs_in(place)[0]))
        outcome.note("pairs of first writers", _pair(room))
    outcome.figures.append(f"refused within {slowest:.2f} s, libraries loaded")
    return outcome


def _pair(room: Room) -> str:
    place = room.place()
    both = [room.start(room.words, place) for _ in range(2)]
    ended = [each.end() for each in both]
    if any(each.trouble or each.code for each in ended):
        return f"{place}: {[each.err[-200:] for each in ended]}"
    troubles = [trouble for run in runs_in(place) if (trouble := room.difference(run))]
    return troubles[0] if troubles else "" if len(runs_in(place)) == 2 else f"{place}: not two runs"


EXPERIMENTS = (
    Experiment(
        "F6", "two writers", "the second is refused within 1 s with the owner's pid; no mixed results", 25, twice
    ),
)
