"""The adding problem (Hochreiter and Schmidhuber 1997): what gates are for, shown by the learner of series as it is.

A series has two channels: numbers between 0 and 1, and a mark at two moments, one in each half. The target is the sum
of the two marked numbers. Saying 1 always has a squared error of 1/6 = 0.167; to be better, a number must be carried
over up to a hundred moments. The claim, at length 100: LSTM and GRU reach an error below 0.01 on new series, the plain
network, with the same settings, does not leave 0.167 by more than a fifth.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import results

SOLVED, STUCK = 0.01, 0.8 / 6
TESTED = 2_000
CELLS = ("lstm", "gru", "rnn")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench/networks.py adding", description=__doc__)
    parser.add_argument("--length", type=int, default=100, help="moments of a series")
    parser.add_argument("--rows", type=int, default=20_000, help="series to learn from")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--cells", nargs="*", default=list(CELLS), choices=CELLS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    chosen = parser.parse_args(arguments)
    rows, held = [], True
    for cell in chosen.cells:
        error, spent = measured(cell, chosen)
        holds = error > STUCK if cell == "rnn" else error < SOLVED
        held &= holds
        asked = f"> {STUCK:.3f}" if cell == "rnn" else f"< {SOLVED}"
        rows.append([cell, f"{error:.4f}", asked, "kept" if holds else "MISSED", f"{spent:.0f} s"])
        print(*rows[-1], flush=True)
    shown = results.table(["cell", "squared error", "claimed", "", "fit, CPU"], rows)
    said = (
        f"{(__doc__ or '').strip()}\n\n{chosen.rows:,} series of {chosen.length} moments, {chosen.epochs} passes, "
        f"64 numbers of state, seed {chosen.seed}; judged by the graph on {TESTED:,} others."
    )
    if chosen.write:
        results.write("networks: adding", f"{said}\n\n{shown}")
    return int(not held)


def measured(cell: str, chosen: argparse.Namespace) -> tuple[float, float]:
    """The mean squared error on new series, and the CPU seconds of the fit."""
    from ninefold.core.clock import Clock
    from ninefold.forms.onnx import Session, form_graph
    from ninefold.learners.series_recurrent import SeriesRecurrent

    rng = np.random.default_rng(chosen.seed)
    learned, asked = (adding(count, chosen.length, rng) for count in (chosen.rows, TESTED))
    learner = SeriesRecurrent(cell=cell, epochs=chosen.epochs, dropout=0.0, learning_rate=0.005, decay=1e-5)
    begun = time.process_time()
    form = learner.fit(examples(*learned), rng=np.random.default_rng(chosen.seed), clock=Clock())
    spent = time.process_time() - begun
    said = Session(form_graph(form, asked[0].shape[1], np.float64)).run({"x": asked[0]})["y"]
    return float(np.mean((said.ravel() - asked[1]) ** 2)), spent


def adding(count: int, length: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Series [count, 2 · length], moment by moment, and the sum of the marked numbers of each."""
    numbers, marks = rng.random((count, length)), np.zeros((count, length))
    half = length // 2
    first, second = rng.integers(half, size=count), half + rng.integers(length - half, size=count)
    each = np.arange(count)
    marks[each, first] = marks[each, second] = 1
    return np.stack([numbers, marks], axis=2).reshape(count, -1), numbers[each, first] + numbers[each, second]


def examples(x: np.ndarray, y: np.ndarray) -> Any:
    from ninefold.core.protocols import Examples

    names = tuple(f"x[{i}]" for i in range(x.shape[1]))
    return Examples(x, y, "regression", 0, names, shape=(x.shape[1] // 2, 2))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
