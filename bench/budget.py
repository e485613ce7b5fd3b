"""Whether a budget holds: whole commands on real tables, with wall time, memory of the process tree, and the score."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import results

TABLES = {"titanic": ("titanic.train.csv.gz", "Survived"), "adult": ("adult.train.csv.gz", "class")}
BUDGETS = (10, 60)
GRACE = {10: 12.0, 60: 62.0}
"""Wall seconds after which a budget counts as missed."""
SCRIPT = str(Path(sys.executable).with_name("ninefold"))
PAGE = os.sysconf("SC_PAGE_SIZE")


class Memory(threading.Thread):
    """Watches a process and its descendants; ``peak`` is the largest sum of resident bytes (shared pages count twice),
    ``peak_proportional`` the largest sum where shared pages are divided among the processes that share them."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root, self.over = root, threading.Event()
        self.peak = self.peak_proportional = 0

    def run(self) -> None:
        for turn in range(1_000_000):
            family = list(descendants(self.root))
            self.peak = max(self.peak, sum(map(resident, family)))
            if turn % 5 == 0:
                self.peak_proportional = max(self.peak_proportional, sum(map(proportional, family)))
            if self.over.wait(0.1):
                return


def descendants(pid: int) -> Iterator[int]:
    """The process and all that came from it and still live."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(task).split():
            yield from descendants(int(child))


def resident(pid: int) -> int:
    fields = _read(Path(f"/proc/{pid}/statm")).split()
    return int(fields[1]) * PAGE if fields else 0


def proportional(pid: int) -> int:
    lines = _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return ""


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
