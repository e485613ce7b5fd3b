"""Whether a budget holds: whole commands on real tables, with wall time, memory of the process tree, and the score."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import results
from memory import Memory

TABLES = {"titanic": ("titanic.train.csv.gz", "Survived"), "adult": ("adult.train.csv.gz", "class")}
BUDGETS = (10, 60)
GRACE = {10: 12.0, 60: 62.0}
"""Wall seconds after which a budget counts as missed."""
SCRIPT = str(Path(sys.executable).with_name("ninefold"))


@dataclass(frozen=True)
class Measured:
    wall: float
    answer: dict[str, object]
    memory: Memory
    bundle: bool


def measured(table: Path, target: str, budget: int) -> Measured:
    """One whole command, from start to exit."""
    command = [SCRIPT, "run", str(table), "--target", target, "--budget", f"{budget}s", "--json"]
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        memory = Memory(process.pid)
        memory.start()
        output, _ = process.communicate()
        wall = time.monotonic() - started
        memory.over.set()
        memory.join()
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command, output)
        answer = json.loads(output.splitlines()[-1])
        return Measured(wall, answer, memory, (Path(folder, answer["bundle"]) / "MANIFEST.json").is_file())


def row(name: str, budget: int, one: Measured) -> list[object]:
    low, high = one.answer["interval"]  # type: ignore[misc]
    return [
        name,
        budget,
        f"{one.wall:.1f}",
        f"{one.wall - budget:+.1f}",
        f"{one.answer['metric']} {one.answer['score']:.4f} ({low:.3f}-{high:.3f})",
        f"{one.memory.peak_proportional / 1e6:.0f}",
        f"{one.memory.peak / 1e6:.0f}",
        "yes" if one.bundle else "NO",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=os.environ.get("NINEFOLD_DATA", results.ROOT.parent / "shared/data")
    )
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--budgets", nargs="+", type=int, choices=BUDGETS, default=list(BUDGETS))
    asked = parser.parse_args()
    rows, kept = [], True
    for name in asked.tables:
        file, target = TABLES[name]
        for budget in asked.budgets:
            one = measured(Path(asked.data).resolve() / "tables" / file, target, budget)
            rows.append(row(name, budget, one))
            kept = kept and one.wall <= GRACE[budget] and one.bundle
    headings = ["table", "budget s", "wall s", "over s", "sealed rows", "memory MB", "resident MB", "bundle"]
    notes = (
        "Wall time is of the whole command, from process start to exit. Memory is the peak over the process tree: with "
        "shared pages divided among their processes, and as the plain sum of resident sets. "
        f"Every budget {'kept' if kept else 'was NOT kept'} (10 s within 12 s, 60 s within 62 s, each with a bundle)."
    )
    results.write("budget", results.table(headings, rows) + "\n\n" + notes)
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
