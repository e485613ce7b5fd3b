"""How time and memory grow with rows: whole commands on made tables of 20 mixed columns, 10,000 to 5,000,000 rows."""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

import results
from memory import Memory
from ninefold.core.words import seconds_in

SIZES = {10_000: "60s", 100_000: "60s", 1_000_000: "2m", 5_000_000: "10m"}
"""Rows, and the budget that each size gets."""
MOST_BYTES = 24e9
CHUNK = 250_000
"""Rows made at a time: making a table must not take more memory than reading it."""
SCRIPT = str(Path(sys.executable).with_name("ninefold"))
LATE = 1.02, 1.0
"""A budget is kept when the command ends within this factor and these seconds more."""


def chunks(rows: int) -> Iterator[pl.DataFrame]:
    """The table in parts: 10 numbers (5 with gaps), 6 categories of 3 to 2,000 levels, 2 flags, 2 dates; target y."""
    rng = np.random.default_rng(0)
    effects = [rng.normal(size=levels) for levels in (3, 5, 12, 40, 300, 2000)]
    for start in range(0, rows, CHUNK):
        yield _chunk(min(CHUNK, rows - start), effects, rng)


def _chunk(rows: int, effects: list[np.ndarray], rng: np.random.Generator) -> pl.DataFrame:
    numbers = rng.normal(size=(rows, 10)).astype(np.float64)
    codes = [np.minimum(rng.zipf(1.3, rows), len(effect)) - 1 for effect in effects]
    flags = rng.random((rows, 2)) < (0.5, 0.1)
    days = rng.integers(0, 2_000, (rows, 2))
    signal = numbers[:, 0] + numbers[:, 1] * numbers[:, 2] + np.sin(2 * numbers[:, 3]) + flags[:, 0]
    signal += sum(effect[code] for effect, code in zip(effects, codes, strict=True)) / 2 + (days[:, 0] > 1_500)
    y = signal + rng.logistic(size=rows) > 0.5
    numbers[:, 5:][rng.random((rows, 5)) < 0.1] = np.nan
    columns: dict[str, object] = {f"number{i}": np.round(numbers[:, i] * 10**i, 6) for i in range(10)}
    columns |= {f"kind{i}": np.char.add("k", code.astype(str)) for i, code in enumerate(codes)}
    columns |= {f"flag{i}": flags[:, i] for i in range(2)}
    columns |= {f"day{i}": np.datetime64("2019-01-01") + days[:, i] for i in range(2)}
    return pl.DataFrame(columns | {"y": np.where(y, "yes", "no")}, nan_to_null=True)


def made(rows: int, folder: Path) -> Path:
    """A Parquet file of that many rows, written part by part."""
    parts = folder / "parts"
    parts.mkdir()
    for number, chunk in enumerate(chunks(rows)):
        chunk.write_parquet(parts / f"{number:05}.parquet")
    path = folder / "table.parquet"
    pl.scan_parquet(parts / "*.parquet").sink_parquet(path)
    return path


@dataclass(frozen=True)
class Measured:
    """Seconds from the start of the command to: the table being read and understood, a first learner scored on all
    folds, a bundle, the end. ``score``: as the command says it."""

    rows: int
    budget: str
    read: float
    scored: float
    bundled: float
    wall: float
    score: str
    memory: Memory


def measured(rows: int, budget: str) -> Measured:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = made(rows, folder)
        command = [
            SCRIPT,
            "run",
            str(table),
            "--target",
            "y",
            "--budget",
            budget,
            "--json",
            "--runs",
            str(folder / "r"),
        ]
        began, started = time.time(), time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        memory = Memory(process.pid)
        memory.start()
        output, told = process.communicate()
        wall = time.monotonic() - started
        memory.over.set()
        memory.join()
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}\n{output}{told}")
        run = next((folder / "r").iterdir())
        answer = json.loads(output.splitlines()[-1])
        said = f"{answer['metric']} {answer['score']:.4f}"
        moments = (run / "4-features.json", _first_scored(run), run / "bundle" / "MANIFEST.json")
        read, scored, bundled = (path.stat().st_mtime - began if path else math.nan for path in moments)
        return Measured(rows, budget, read, scored, bundled, wall, said, memory)


def _first_scored(run: Path) -> Path | None:
    """The out-of-fold predictions that were written first, the baseline's left aside."""
    found = [path for path in (run / "5-leaderboard").glob("*.npy") if path.stem != "0"]
    return min(found, key=lambda path: path.stat().st_mtime, default=None)


def row(one: Measured) -> list[object]:
    times = (one.read, one.scored, one.bundled, one.wall)
    memory = (one.memory.peak_proportional, one.memory.peak)
    return [f"{one.rows:,}", one.budget, *(f"{t:.1f}" for t in times), *(f"{m / 1e6:,.0f}" for m in memory), one.score]


def exponent(ones: list[Measured], what: str) -> str:
    """The slope of log ``what`` over log rows between the last two sizes: 1 is proportional to rows."""
    small, large = ones[-2:]
    taken = [getattr(one, what) if what != "memory" else one.memory.peak_proportional for one in (small, large)]
    return f"{math.log(taken[1] / taken[0]) / math.log(large.rows / small.rows):.2f}"


def most(budget: str) -> float:
    """Seconds after which a budget counts as missed."""
    return seconds_in(budget) * LATE[0] + LATE[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--budget", help="of every run, such as 60s; else each size has its own")
    asked = parser.parse_args()
    ones = [measured(rows, asked.budget or SIZES.get(rows, "10m")) for rows in sorted(asked.rows)]
    kept = all(one.wall <= most(one.budget) and one.memory.peak_proportional <= MOST_BYTES for one in ones)
    headings = ["rows", "budget", "read s", "scored s", "bundle s", "end s", "memory MB", "resident MB", "sealed rows"]
    growth = ""
    if len(ones) > 1:
        named = {"reading": "read", "a first score": "scored", "memory": "memory"}
        told = ", ".join(f"{name} {exponent(ones, what)}" for name, what in named.items())
        growth = f" Growth exponents between the last two sizes (1 is proportional to rows): {told}."
    notes = (
        "Seconds from the start of the command until the table is read and understood, until a "
        "first learner has been scored on all folds, until the bundle is written, and until the end. Memory is the "
        f"peak over the process tree, shared pages divided among their processes.{growth} Every run "
        f"{'ended' if kept else 'did NOT end'} in time and within {MOST_BYTES / 1e9:.0f} GB, with a bundle."
    )
    results.write("scale", results.table(headings, [row(one) for one in ones]) + "\n\n" + notes)
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
