"""What one prediction costs from a Python dict, next to the bare call of ONNX Runtime with prepared inputs."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

import results
from ninefold_runtime.bundle import Bundle, read_bundle
from ninefold_runtime.intake import by_column, wired
from ninefold_runtime.model import Model

LIMIT = 1.5
"""Largest accepted ratio for a row of typical values."""
BLOCKS, CALLS = 40, 250
"""Blocks of the measured calls take turns, so that a busy machine slows all of them alike."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", nargs="?", type=Path, help="a bundle; without one, a short run on titanic makes it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bundle = read_bundle(chosen.bundle or _made(Path(folder)))
    ratio = measure(bundle)
    return int(ratio > LIMIT)


def _made(folder: Path) -> Path:
    from ninefold.core.problem import Budget, Wishes
    from ninefold.runs import run

    wishes = Wishes(target="survived", budget=Budget(seconds=20.0))
    return run(str(results.ROOT / "examples" / "titanic.csv"), wishes, runs=folder).bundle


def measure(bundle: Bundle) -> float:
    """Write the section of RESULTS.md; returns the ratio for typical values."""
    model = Model(bundle.graph, bundle.schema)
    typical = dict(bundle.schema.example)
    text = {name: None if value is None else str(value) for name, value in typical.items()}
    calls: dict[str, Callable[[], object]] = {
        "bare call, inputs prepared": _bare(bundle, typical),
        "dict, typical values": lambda: model.predict_one(typical),
        "dict, every cell as text": lambda: model.predict_one(text),
        "dict, no value at all": lambda: model.predict_one(dict.fromkeys(typical)),
    }
    medians = _medians(calls)
    bare, first = list(medians.values())[:2]
    rows = [[name, f"{value:.1f}", f"{value / bare:.2f}"] for name, value in medians.items()]
    about = f"{len(bundle.schema.columns)} columns, graph of {len(bundle.graph) / 1e3:.0f} kB, one row, one thread."
    verdict = f"A typical row is held to {LIMIT} times the bare call: {'kept' if first / bare <= LIMIT else 'MISSED'}."
    results.write("latency", results.table(["call", "µs, median", "ratio"], rows) + f"\n\n{about} {verdict}")
    return first / bare


def _bare(bundle: Bundle, row: dict[str, Any]) -> Callable[[], object]:
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(bundle.graph, options, providers=["CPUExecutionProvider"])
    arrays, *_ = wired(bundle.schema, by_column(bundle.schema, [row]))
    feed = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    names = ["probability", "label"] if bundle.schema.target.classes else ["prediction"]
    return lambda: session.run(names, feed)


def _medians(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Microseconds by call: the median over all calls, after one block to warm up."""
    taken: dict[str, list[int]] = {name: [] for name in calls}
    for block in range(BLOCKS + 1):
        for name, call in calls.items():
            times = [_timed(call) for _ in range(CALLS)]
            taken[name] += times if block else []
    return {name: statistics.median(times) / 1000 for name, times in taken.items()}


def _timed(call: Callable[[], object]) -> int:
    started = time.perf_counter_ns()
    call()
    return time.perf_counter_ns() - started


if __name__ == "__main__":
    sys.exit(main())
