"""The report of a run on adult: seconds to write it, its size, and what a chart costs."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import results
from ninefold.report.charts.draw import draw
from ninefold.report.document import document
from ninefold.report.render import render

REPEATS = 5
MOST_SECONDS = 2.0
MOST_BYTES = 1_000_000
CHARTS = 20
SCRIPT = str(Path(sys.executable).with_name("ninefold"))


def made(table: Path, folder: str, budget: str) -> Path:
    """The folder of a run on the table.

    Raises:
        subprocess.CalledProcessError: when it fails.
    """
    command = [SCRIPT, "run", str(table), "--target", "class", "--sensitive", "sex", "--budget", budget, "--json"]
    output = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    return Path(folder, json.loads(output.splitlines()[-1])["report"]).parent


def seconds(act: Callable[[], object]) -> float:
    """CPU seconds of this process, the median of several times: other processes may be busy."""

    def once() -> float:
        started = time.process_time()
        act()
        return time.process_time() - started

    return statistics.median(once() for _ in range(REPEATS))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=os.environ.get("NINEFOLD_DATA", results.ROOT.parent / "shared/data")
    )
    parser.add_argument("--budget", default="60s")
    parser.add_argument("--run", type=Path, help="a finished run to measure, in place of a new one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = Path(given.data) / "tables" / "adult.train.csv.gz"
        return report(given.run or made(table.resolve(), folder, given.budget))


def report(run: Path) -> int:
    """Measure and write the section; 1 when a limit is broken."""
    written, raw = seconds(lambda: render(run)), (run / "report.html").read_bytes()
    figures = [figure for stage in document(run).stages for figure in stage.section.figures]
    each = seconds(lambda: [draw(figure) for figure in figures]) / len(figures)
    rows = [
        ["written in, CPU s", f"{written:.2f}"],
        ["report.html, kB", f"{len(raw) / 1e3:.0f}"],
        ["the same, gzipped, kB", f"{len(gzip.compress(raw)) / 1e3:.0f}"],
        ["report.json, kB", f"{(run / 'report.json').stat().st_size / 1e3:.0f}"],
        ["charts", len(figures)],
        [f"{CHARTS} such charts, CPU ms", f"{CHARTS * each * 1e3:.1f}"],
    ]
    kept = written <= MOST_SECONDS and len(raw) <= MOST_BYTES
    verdict = f"Held to {MOST_SECONDS:g} s and {MOST_BYTES / 1e6:g} MB: {'kept' if kept else 'MISSED'}."
    results.write("report", results.table(["report of adult", "value"], rows) + f"\n\n{verdict}")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
