"""What the monitor of a service costs: CPU per answered row for counting, guarding, writing and judging, beside the
answers, and what an answer itself pays."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import msgspec
import numpy as np

import results
from ninefold.forms.onnx import compiled, const, op, raw_input
from ninefold_runtime.bundle import GRAPH, SCHEMA, SKETCHES, Bundle, read_bundle, seal
from ninefold_runtime.model import Model, Predictions
from ninefold_runtime.monitor.service import Monitor
from ninefold_runtime.performance import Performance, errors
from ninefold_runtime.schema import Column, Schema, Target
from ninefold_runtime.sketch import Sketches, sketch_columns, sketch_numbers

COLUMNS, LEVELS, ROWS, BATCH = 20, 12, 40_000, 100
MOST = 10.0
"""Microseconds per row."""


def arrays_of(rows: int, seed: int) -> dict[str, np.ndarray]:
    """Half numbers, half categories."""
    rng = np.random.default_rng(seed)
    names = np.array([f"level {i}" for i in range(LEVELS)], object)
    numbers = {f"n{i}": rng.standard_normal(rows) for i in range(COLUMNS // 2)}
    return numbers | {f"c{i}": rng.choice(names, rows) for i in range(COLUMNS // 2)}


def bundle(folder: Path) -> Bundle:
    arrays = arrays_of(5_000, 1)
    columns = tuple(
        Column(name=name, kind="number" if array.dtype.kind == "f" else "category") for name, array in arrays.items()
    )
    schema = Schema(columns=columns, target=Target(name="y", task="regression"))
    inputs = {column.name: raw_input(column) for column in columns}
    graph = compiled(inputs, {"prediction": op.add(op.mul(inputs["n0"], const(2.0)), inputs["n1"])})
    said = 2 * arrays["n0"] + arrays["n1"]
    known = errors(said, said + np.random.default_rng(2).standard_normal(len(said)))
    sketches = Sketches(
        rows=5_000,
        columns=sketch_columns(schema, arrays),
        scores={"predicted value": sketch_numbers(said, 0)},
        scores_of_graph=True,
        performance=Performance(rows=5_000, wrong=1_000, scores={"mae": 0.8}, errors=known),
    )
    for name, data in (
        (GRAPH, graph),
        (SCHEMA, msgspec.json.encode(schema)),
        (SKETCHES, msgspec.json.encode(sketches)),
    ):
        (folder / name).write_bytes(data)
    seal(folder)
    return read_bundle(folder)


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "bundle").mkdir()
        served = bundle(Path(place) / "bundle")
        monitor = Monitor(served, str(Path(place) / "history.sqlite"))
        arrays = arrays_of(ROWS, 3)
        made = Model(served.graph, served.schema).predict_arrays(arrays).predictions
        monitor._begin = lambda: None  # type: ignore[method-assign]  this bench turns it by hand
        monitor.turn(time.time())
        observing, started = 0.0, time.process_time()
        for batch in range(ROWS // BATCH):
            part = slice(batch * BATCH, (batch + 1) * BATCH)
            asked, said = {name: array[part] for name, array in arrays.items()}, Predictions(made[part])
            begun = time.thread_time()
            monitor.observe(asked, said)
            observing += time.thread_time() - begun
            if batch % (1_000 // BATCH) == 9:
                monitor.turn(time.time())  # as when a thousand rows come each tenth of a second or so
        spent = (time.process_time() - started) / ROWS * 1e6
        monitor.turn(time.time() + 100)
        told = monitor.state()
        monitor.close()
    assert (told["rows"], told["errors"]) == (ROWS, 0), told
    rows = [
        ["a row, all of it: counted, guarded, written, judged", f"{spent:.1f} µs"],
        [f"an answer of {BATCH} rows, to hand them over", f"{observing / (ROWS / BATCH) * 1e6:.1f} µs"],
    ]
    verdict = f"At most {MOST:.0f} µs a row, {COLUMNS} columns: {'kept' if spent <= MOST else 'MISSED'}."
    table = results.table(["what", "CPU"], rows)
    if "--write" in sys.argv[1:]:
        results.write("monitor beside answers", f"{table}\n\n{verdict}")
    else:
        print(table, verdict, sep="\n\n")
    return int(spent > MOST)


if __name__ == "__main__":
    sys.exit(main())
