"""How good: Ninefold and a peer on five splits of each real table, one after the other, as whole processes.

Every run is added to a file of JSON lines at once, so that a bench of hours can be stopped and taken up; the section
of RESULTS.md is written from that file.
"""

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import results
from budget import Memory
from ninefold.metrics.log_loss import LogLoss
from ninefold.metrics.rmse import Rmse
from ninefold.metrics.roc_auc import RocAuc

TABLES = {
    "titanic": ("Survived", "binary"),
    "telco": ("Churn", "binary"),
    "adult": ("class", "binary"),
    "wine": ("quality", "multiclass"),
    "california": ("median_house_value", "regression"),
    "diamonds": ("price", "regression"),
}
SMALL = ("titanic", "wine")
"""Tables too small, or with classes too rare, to decide anything: means are given with and without them."""
PEERS = {
    "autogluon-medium": ("with_autogluon.py", "medium_quality"),
    "autogluon-best": ("with_autogluon.py", "best_quality"),
    "flaml": ("with_flaml.py", "-"),
    "lightgbm": ("with_lightgbm.py", "-"),
}
NINEFOLD = "ninefold"
SCRIPT = str(Path(sys.executable).with_name("ninefold"))
HERE = Path(__file__).parent
ROWS = 30
"""Single rows that a latency is the median of."""


@dataclass(frozen=True)
class Split:
    """One 80/20 split of a table as two CSV files in a folder."""

    train: Path
    test: Path
    target: str
    task: str


@dataclass(frozen=True)
class Outcome:
    """One run of one tool on one split. ``error``: 1 - AUC, log-loss or RMSE on the test rows."""

    tool: str
    table: str
    split: int
    budget: float
    error: float
    wall: float
    lines: int
    latency_ms: float
    megabytes: float
    peak_mb: float
    first_model: float | None = None
    """Seconds until a scored model existed that could be shipped (Ninefold alone)."""


def split_of(name: str, seed: int, data: Path, folder: Path) -> Split:
    """Join the table's two files and split them 80/20, by class where there are classes."""
    target, task = TABLES[name]
    head, *lines = [line for part in ("train", "test") for line in _lines(data / f"{name}.{part}.csv.gz", part)]
    frame = pl.read_csv("\n".join([head, *lines]).encode(), infer_schema=False)
    rng = np.random.default_rng(seed)
    rank = rng.permutation(frame.height)
    if task != "regression":
        labels = frame[target].to_numpy().astype(str)
        rank = _rank_within(labels, rank)
        chosen = rank < 0.2
    else:
        chosen = rank < 0.2 * frame.height
    table = [head, *lines]
    paths = folder / "train.csv", folder / "test.csv"
    for path, wanted in zip(paths, (~chosen, chosen), strict=True):
        kept = [table[1 + i] for i in np.flatnonzero(wanted)]
        path.write_text("\n".join([head, *kept]) + "\n")
    return Split(*paths, target, task)


def _rank_within(labels: Any, order: Any) -> Any:
    """Each row's rank among the rows of its class, between 0 and 1."""
    rank = np.empty(len(labels))
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        rank[rows[np.argsort(order[rows])]] = (np.arange(len(rows)) + 0.5) / len(rows)
    return rank


def _lines(path: Path, part: str) -> list[str]:
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    return lines if part == "train" else lines[1:]


def watched(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[str, float, int, int]:
    """Run a command; its output, wall seconds, lines printed and peak resident bytes (shared pages divided)."""
    started = time.monotonic()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    memory = Memory(process.pid)
    memory.start()
    output, errors = process.communicate()
    wall = time.monotonic() - started
    memory.over.set()
    memory.join()
    if process.returncode:
        sys.stderr.write(errors[-3000:])
        raise subprocess.CalledProcessError(process.returncode, command, output, errors)
    return output, wall, len(output.splitlines()) + len(errors.splitlines()), memory.peak_proportional


def run_ninefold(name: str, number: int, split: Split, budget: float, folder: Path) -> Outcome:
    command = [SCRIPT, "run", str(split.train), "--target", split.target, "--budget", f"{budget:g}s"]
    _, wall, lines, peak = watched(command, folder, dict(os.environ))
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.model import Model

    made = next((folder / "runs").iterdir())
    bundle = read_bundle(made / "bundle")
    model = Model(bundle.graph, bundle.schema)
    asked = pl.read_csv(split.test, infer_schema=False)
    columns = {c: asked[c].to_list() for c in asked.columns}
    said = model.predict(columns)
    predictions = said.predictions[:, None] if said.probabilities is None else said.probabilities
    error = error_of(split, predictions, list(bundle.schema.target.classes))
    rows = [dict(zip(columns, cells, strict=True)) for cells in asked.head(ROWS).iter_rows()]
    latencies = []
    for row in rows * 10:
        begun = time.perf_counter()
        model.predict_one(row)
        latencies.append(time.perf_counter() - begun)
    size = sum(path.stat().st_size for path in (made / "bundle").rglob("*") if path.is_file())
    return Outcome(
        NINEFOLD, name, number, budget, error, wall, lines, statistics.median(latencies) * 1e3, size / 1e6, peak / 1e6,
        _first_model(made),
    )  # fmt: skip


def _first_model(made: Path) -> float | None:
    """Seconds into the run at which the first scored trial ended that could have been shipped."""
    events = [json.loads(line) for line in (made / "events.jsonl").read_text().splitlines()]
    ended = [
        event["seconds"]
        for event in events
        if event["type"] == "trial_finished" and event["state"] == "finished" and event["learner"] != "Baseline"
    ]
    return min(ended, default=None)


def run_peer(tool: str, name: str, number: int, split: Split, budget: float, folder: Path, python: Path) -> Outcome:
    script, preset = PEERS[tool]
    command = [
        str(python), str(HERE / "peers" / script), str(split.train), str(split.test), split.target, split.task,
        f"{budget:g}", preset, str(folder / "model"),
    ]  # fmt: skip
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    output, _, lines, peak = watched(command, folder, environment)
    answer = json.loads(output.splitlines()[-1])
    error = error_of(split, np.asarray(answer["predictions"], float), answer["classes"])
    size = sum(path.stat().st_size for path in (folder / "model").rglob("*") if path.is_file())
    return Outcome(
        tool, name, number, budget, error, answer["fitted"], lines - 1, answer["latency_ms"], size / 1e6, peak / 1e6
    )


def error_of(split: Split, predictions: Any, classes: list[str]) -> float:
    """1 - AUC of the class that comes last in order, log-loss, or RMSE."""
    truth = pl.read_csv(split.test, infer_schema=False)[split.target].to_list()
    if split.task == "regression":
        return Rmse().score(np.asarray(truth, float), predictions)
    codes = np.array([classes.index(label) if label in classes else -1 for label in truth])
    known = codes >= 0
    codes, predictions = codes[known], predictions[known]
    metric = RocAuc() if split.task == "binary" else LogLoss()
    score = metric.score(codes, predictions)
    return 1 - score if split.task == "binary" else score


def ratios(outcomes: list[Outcome], ours: float, peer: str, theirs: float) -> dict[str, list[float]]:
    """Paired ratios of error by table, Ninefold's at budget ``ours`` over the peer's at ``theirs``."""
    of = {(o.tool, o.table, o.split, o.budget): o.error for o in outcomes}
    paired: dict[str, list[float]] = {}
    for (tool, table, split, budget), error in sorted(of.items()):
        other = of.get((peer, table, split, theirs))
        if tool == NINEFOLD and budget == ours and other:
            paired.setdefault(table, []).append(error / other)
    return paired


def interval(paired: dict[str, list[float]]) -> tuple[float, float, float]:
    """Geometric mean over tables with its 95 % bootstrap interval, tables and their splits drawn anew."""
    logs = [np.log(values) for values in paired.values()]
    rng = np.random.default_rng(0)
    means = []
    for _ in range(4_000):
        drawn = [logs[i] for i in rng.integers(len(logs), size=len(logs))]
        means.append(np.mean([rng.choice(values, len(values)).mean() for values in drawn]))
    middle = float(np.mean([values.mean() for values in logs]))
    low, high = np.quantile(means, [0.025, 0.975])
    return float(np.exp(middle)), float(np.exp(low)), float(np.exp(high))


def report(outcomes: list[Outcome]) -> str:
    """Every comparison there are runs for, and what a model costs to keep and to ask."""
    budgets = sorted({o.budget for o in outcomes if o.tool == NINEFOLD})
    compared = sorted({(o.tool, o.budget) for o in outcomes if o.tool != NINEFOLD})
    parts = []
    for budget in budgets:
        for peer, theirs in compared:
            paired = ratios(outcomes, budget, peer, theirs)
            if paired and (theirs == budget or peer == "lightgbm"):
                parts.append(_comparison(budget, peer, paired))
    return "\n\n".join([*parts, _costs(outcomes)])


def _comparison(budget: float, peer: str, paired: dict[str, list[float]]) -> str:
    rows = [
        [table, len(values), f"{np.exp(np.mean(np.log(values))):.3f}", f"{min(values):.3f}-{max(values):.3f}"]
        for table, values in paired.items()
    ]
    for title, left_out in (("all", ()), *((f"without {name}", (name,)) for name in SMALL), ("without both", SMALL)):
        kept = {table: values for table, values in paired.items() if table not in left_out}
        if kept and (not left_out or len(kept) < len(paired)):
            mean, low, high = interval(kept)
            rows.append(
                [f"**{title}**", sum(map(len, kept.values())), f"**{mean:.3f}**", f"95 %: {low:.3f}-{high:.3f}"]
            )
    heading = f"Error of Ninefold at {budget:g} s over {peer}'s, paired by split:"
    return heading + "\n\n" + results.table(["table", "splits", "ratio", "range"], rows)


def _costs(outcomes: list[Outcome]) -> str:
    rows = []
    for tool, budget in sorted({(o.tool, o.budget) for o in outcomes}):
        own = [o for o in outcomes if (o.tool, o.budget) == (tool, budget)]
        firsts = [o.first_model for o in own if o.first_model is not None]
        rows.append(
            [
                tool,
                f"{budget:g}",
                len(own),
                f"{max(o.wall for o in own):.1f}",
                max(o.lines for o in own),
                f"{statistics.median(o.latency_ms for o in own):.3f}",
                f"{statistics.median(o.megabytes for o in own):.2f}",
                f"{max(o.peak_mb for o in own):.0f}",
                f"{max(firsts):.1f}" if firsts else "",
            ]
        )
    headings = [
        "tool", "budget s", "runs", "longest s", "most lines", "ms a row, median", "model MB, median", "peak MB",
        "first model, latest s",
    ]  # fmt: skip
    return "What it costs:\n\n" + results.table(headings, rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(os.environ.get("NINEFOLD_DATA", results.ROOT.parent / "shared/data"))
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--splits", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--budgets", nargs="+", type=float, default=[60.0])
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON", help=f"of {', '.join(PEERS)}")
    parser.add_argument("--store", type=Path, default=results.ROOT / "build" / "tables.jsonl")
    parser.add_argument("--skip-ninefold", action="store_true", help="run the peers alone")
    parser.add_argument("--again", action="store_true", help="run Ninefold again where it has run")
    parser.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    asked = parser.parse_args()
    peers = dict(pair.split("=", 1) for pair in asked.peer)
    for split in asked.splits:
        for table in asked.tables:
            for budget in asked.budgets:
                for tool in ([] if asked.skip_ninefold else [NINEFOLD]) + list(peers):
                    _run_once(tool, table, split, budget, asked, peers)
    outcomes = _stored(asked.store)
    if asked.write:
        results.write("tables", report(outcomes))
    else:
        print(report(outcomes))
    return 0


def _run_once(
    tool: str, table: str, number: int, budget: float, asked: argparse.Namespace, peers: dict[str, str]
) -> None:
    done = {(o.tool, o.table, o.split, o.budget) for o in _stored(asked.store)}
    if (tool, table, number, budget) in done and not (tool == NINEFOLD and asked.again):
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        split = split_of(table, number, asked.data.resolve() / "tables", folder)
        if tool == NINEFOLD:
            outcome = run_ninefold(table, number, split, budget, folder)
        else:
            outcome = run_peer(tool, table, number, split, budget, folder, Path(peers[tool]))
    asked.store.parent.mkdir(parents=True, exist_ok=True)
    with asked.store.open("a") as store:
        store.write(json.dumps(outcome.__dict__) + "\n")
    print(f"{tool} {table} {number} {budget:g}s: {outcome.error:.5f} in {outcome.wall:.1f} s", file=sys.stderr)


def _stored(store: Path) -> list[Outcome]:
    """The last outcome of each tool, table, split and budget."""
    if not store.exists():
        return []
    read = [Outcome(**json.loads(line)) for line in store.read_text().splitlines()]
    return list({(o.tool, o.table, o.split, o.budget): o for o in read}.values())


if __name__ == "__main__":
    sys.exit(main())
