"""MNIST read row by row: an image is a series of 28 moments of 28 numbers, for a GRU with 128 numbers of state.

The claim: within three minutes, on one thread, at least 97 % of the official test images are told, by the graph that
ships. Nothing is chosen on them: settings are those below, fixed beforehand.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import results
from networks.images_cnn import examples, idx

GOAL = 0.97


def main(arguments: list[str]) -> int:
    from ninefold.core.clock import Clock
    from ninefold.forms.onnx import Session, form_graph
    from ninefold.learners.series_recurrent import SeriesRecurrent

    parser = argparse.ArgumentParser(prog="bench/networks.py rows_of_mnist", description=__doc__)
    default = os.environ.get("NINEFOLD_DATA", str(results.ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", default=default, help="folder that holds images/mnist")
    parser.add_argument("--rows", type=int, default=60_000, help="training images")
    parser.add_argument("--seconds", type=float, default=180.0, help="for the fit")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    chosen = parser.parse_args(arguments)
    folder = Path(chosen.data) / "images" / "mnist"
    x, y = idx(folder, "train")
    learned = series(x[: chosen.rows], y[: chosen.rows])
    learner = SeriesRecurrent(cell="gru", units=128, epochs=chosen.epochs)
    begun, cpu = time.monotonic(), time.process_time()
    form = learner.fit(learned, rng=np.random.default_rng(0), clock=Clock(chosen.seconds))
    spent, cpu = time.monotonic() - begun, time.process_time() - cpu
    test = series(*idx(folder, "t10k"))
    session = Session(form_graph(form, test.x.shape[1], np.float64))
    said = np.concatenate([session.run({"x": test.x[i : i + 500]})["y"] for i in range(0, len(test.x), 500)])
    right = float((said.argmax(axis=1) == test.y).mean())
    holds = right >= GOAL and spent <= chosen.seconds
    row = [form.rounds, f"{spent:.0f} s", f"{cpu:.0f} s", f"{right:.4f}", GOAL, "kept" if holds else "MISSED"]
    print(*row)
    if chosen.write:
        shown = results.table(["epochs", "fit", "its CPU", "accuracy", "claimed", ""], [row])
        results.write("networks: rows of MNIST", f"{(__doc__ or '').strip()}\n\n{chosen.rows:,} images.\n\n{shown}")
    return int(not holds)


def series(x: np.ndarray, y: np.ndarray):
    """Images [N, 28, 28] as series of rows, as the learner of series takes them."""
    made = examples(x.astype(np.float64), y)
    return replace(made, shape=x.shape[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
