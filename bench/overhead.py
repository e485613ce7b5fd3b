"""What a search costs beside its learners: the part of the budget in which a worker neither fitted nor predicted."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

import results
from ninefold.core.journal import Journal
from ninefold.core.machine import processors
from ninefold.core.protocols import FitDone
from tables import SCRIPT, TABLES

LIMIT = 0.10
"""Largest accepted part of the budget."""
SEARCH = "leaderboard"
WORKERS = processors()
"""As many as a run takes of itself."""


@dataclass(frozen=True)
class Spent:
    """Seconds of one run: of its search, and of its workers, in learners and beside them in the same jobs (views,
    scores, files)."""

    search: float
    fits: int
    inside: float
    beside: float


def measured(table: Path, target: str, budget: int) -> Spent:
    command = [SCRIPT, "run", str(table), "--target", target, "--budget", f"{budget}s"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*command, "--json"], cwd=folder, check=True, capture_output=True)
        run = next(Path(folder, "runs").glob("*/journal.log")).parent
        answers = Journal(run / "journal.log").read("fitted", FitDone)
        inside, beside = sum(done.seconds for done in answers), sum(done.overhead for done in answers)
        return Spent(_seconds_of_search(run / "events.jsonl"), len(answers), inside, beside)


def _seconds_of_search(events: Path) -> float:
    told = map(msgspec.json.decode, events.read_bytes().splitlines())
    return next(one["seconds"] for one in told if one["type"] == "stage_finished" and one["name"] == SEARCH)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("NINEFOLD_DATA", str(results.ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", default=default, help="folder that holds tables/NAME.train.csv.gz")
    parser.add_argument("--budget", type=int, default=60, help="seconds")
    chosen = parser.parse_args()
    rows, parts = [], []
    for name, (target, _) in TABLES.items():
        file = Path(chosen.data).resolve() / "tables" / f"{name}.train.csv.gz"
        spent = measured(file, target, chosen.budget)
        parts.append((WORKERS * spent.search - spent.inside) / (WORKERS * chosen.budget))
        beside, idle = spent.beside, WORKERS * spent.search - spent.inside - spent.beside
        numbers = (spent.search, spent.inside, beside, idle)
        rows.append([name, spent.fits, *(f"{number:.1f}" for number in numbers), f"{parts[-1]:.1%}"])
        print(json.dumps(rows[-1]), file=sys.stderr)
    headings = ["table", "fits", "search s", "in learners", "in their jobs beside", "the rest", "overhead"]
    said = (
        f"Whole runs of {chosen.budget} s with {WORKERS} workers. In learners: worker seconds of fit and predict. "
        "Beside: views, scores and files of the same jobs. The rest: a worker waited, was started, or its fit was "
        f"stopped. Overhead is both, over the budget's worker seconds (limit {LIMIT:.0%}); the mean is "
        f"{sum(parts) / len(parts):.1%}."
    )
    results.write("overhead", f"{results.table(headings, rows)}\n\n{said}")
    return int(max(parts) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
