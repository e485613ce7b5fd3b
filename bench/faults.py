"""What is done to runs, their files and their tables in breaking/, and whether anything was lost.

bench/faults.py                    all of it (about an hour and a half)
bench/faults.py F1 F4 --times 10   some of it, so many times each
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import results
from breaking import damage, disk, hostile, hostile_tables, kills, messy, parity, surroundings, twice
from breaking.outcome import Experiment, Outcome
from breaking.room import Room

ALL = {
    each.name: each
    for room in (kills, disk, damage, twice, hostile, hostile_tables, surroundings, messy, parity)
    for each in room.EXPERIMENTS
}
"""In the order in which they are done: those that fork this process come before those that start threads in it."""


def done(experiment: Experiment, times: int | None, data: Path) -> tuple[Outcome, float]:
    """One experiment in a room of its own, with the seconds it took."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"faults-{experiment.name}-", ignore_cleanup_errors=True) as folder:
        outcome = experiment.do(Room(Path(folder), data), experiment.times if times is None else times)
    return outcome, time.monotonic() - started


def row(experiment: Experiment, outcome: Outcome, seconds: float) -> list[object]:
    verdict = "held" if not outcome.troubles else f"NOT held {len(outcome.troubles)} times"
    what = [experiment.name, experiment.title, experiment.target]
    return [*what, f"{outcome.times:,}", outcome.told, verdict, f"{seconds / 60:.0f}"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiments", nargs="*", metavar="F1", choices=[*ALL, []], help=", ".join(ALL))
    parser.add_argument("--times", type=int, help="how often each; a list is cut down to about so many (0: all of it)")
    parser.add_argument(
        "--data", type=Path, default=os.environ.get("NINEFOLD_DATA", results.ROOT.parent / "shared/data")
    )
    parser.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    parser.add_argument("--store", type=Path, default=results.ROOT / "build" / "faults.jsonl")
    asked = parser.parse_args()
    failed = 0
    for name in sorted(asked.experiments or ALL, key=list(ALL).index):
        outcome, seconds = done(ALL[name], asked.times, Path(asked.data).resolve())
        made = row(ALL[name], outcome, seconds)
        failed += len(outcome.troubles)
        _keep(asked.store, {"name": name, "row": made, "troubles": outcome.troubles[:20]})
        print(*made, sep=" · ", flush=True)
    if asked.write:
        last = {one["name"]: one for one in map(json.loads, asked.store.read_text("utf-8").splitlines())}
        kept = [last[name] for name in sorted(last, key=lambda name: int(name[1:]))]
        troubles = [f"{one['name']}: {trouble}" for one in kept for trouble in one["troubles"]]
        headings = ["", "experiment", "what must hold", "times", "what came of it", "verdict", "minutes"]
        body = results.table(headings, [one["row"] for one in kept]) + "\n\n" + NOTES
        results.write("faults", body + "".join(f"\n- {trouble}" for trouble in troubles[:20]))
    return int(failed > 0)


def _keep(store: Path, record: dict[str, object]) -> None:
    """The section shows the last time that each experiment was done: all of them take long."""
    store.parent.mkdir(parents=True, exist_ok=True)
    with store.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")


NOTES = """Runs are whole commands, in process groups of their own, on a table of 160 rows with `--work 24`.
A resumed run is held against an uninterrupted one: SHA-256 of every file of the bundle (of the card without the run's
name and the measured time), trials with settings, scores and states, and weights; trials that had ended before must be
in the journal as they were. Experiments of services (F7, F8, F15 to F17, F19) have benches of their own.
"""

if __name__ == "__main__":
    sys.exit(main())
