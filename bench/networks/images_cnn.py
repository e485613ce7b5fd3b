"""How good the small convolutional network is on MNIST and Fashion-MNIST, and how long it takes: the official test
part, asked once, by the graph that ships. Nothing is chosen on it: settings are those below, fixed beforehand."""

from __future__ import annotations

import argparse
import gzip
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import results

GOALS = (("mnist", 300.0, 0.989), ("fashion-mnist", 300.0, 0.905), ("fashion-mnist", 600.0, 0.915))
"""Data, seconds for the fit, accuracy to reach."""
SETTINGS: dict[str, dict[str, Any]] = {
    "mnist": {"shift": 0.07},
    "fashion-mnist": {"shift": 0.04, "flip": True},
}
"""Digits may not be mirrored; clothes may."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("NINEFOLD_DATA", str(results.ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", default=default, help="folder that holds images/mnist and images/fashion-mnist")
    parser.add_argument("--rows", type=int, default=60_000, help="training images")
    parser.add_argument("--seconds", type=float, help="for each fit, in place of 300 and 600")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    chosen = parser.parse_args()
    rows, held = [], True
    for name, seconds, goal in GOALS:
        made = measured(Path(chosen.data) / "images" / name, name, chosen.seconds or seconds, chosen)
        held &= made["accuracy"] >= goal
        rows.append(
            [name, f"{made['spent']:.0f} s", made["epochs"], f"{made['accuracy']:.4f}", goal, f"{made['kb']:.0f} kB"]
        )
        print(*rows[-1], flush=True)
    headings = ["data", "fit", "epochs", "accuracy", "goal", "graph"]
    said = (
        f"The learner `cnn` on {chosen.rows:,} training images, one thread, on {chosen.device}, seed {chosen.seed}. "
        "Accuracy of its graph on the 10,000 official test images. The fit ends by its own clock (300 or 600 s)."
    )
    if chosen.write:
        results.write("networks: images", f"{said}\n\n{results.table(headings, rows)}")
    return int(not held)


def measured(folder: Path, name: str, seconds: float, chosen: argparse.Namespace) -> dict[str, Any]:
    from ninefold.core.clock import Clock
    from ninefold.forms.onnx import Session, form_graph
    from ninefold.learners.cnn import CNN

    x, y = idx(folder, "train")
    order = np.random.default_rng(chosen.seed).permutation(len(x))[: chosen.rows]
    learner = replace(CNN(**SETTINGS[name]), device=chosen.device)
    begun = time.monotonic()
    form = learner.fit(examples(x[order], y[order]), rng=np.random.default_rng(chosen.seed), clock=Clock(seconds))
    spent = time.monotonic() - begun
    graph = form_graph(form, x[0].size, np.uint8)
    test_x, test_y = idx(folder, "t10k")
    session, flat = Session(graph), test_x.reshape(len(test_x), -1)
    said = np.concatenate([session.run({"x": flat[i : i + 500]})["y"] for i in range(0, len(flat), 500)])
    right = float((said.argmax(axis=1) == test_y).mean())
    return {"accuracy": right, "spent": spent, "epochs": form.rounds, "kb": len(graph) / 1e3}


def idx(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 [N, H, W] and labels int64 [N] of an IDX pair."""
    images = gzip.decompress((folder / f"{part}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((folder / f"{part}-labels-idx1-ubyte.gz").read_bytes())
    count, height, width = np.frombuffer(images[4:16], ">i4")
    x = np.frombuffer(images, np.uint8, offset=16).reshape(count, height, width)
    return x, np.frombuffer(labels, np.uint8, offset=8).astype(np.int64)


def examples(x: np.ndarray, y: np.ndarray) -> Any:
    """Images, grey [N, H, W] or [N, H, W, C], as a learner sees them."""
    from ninefold.core.protocols import Examples

    flat, classes = x.reshape(len(x), -1), int(y.max()) + 1
    names = tuple(f"image[{i}]" for i in range(flat.shape[1]))
    return Examples(flat, y, "multiclass", classes, names, shape=x.shape[1:] if x.ndim == 4 else (*x.shape[1:], 1))


if __name__ == "__main__":
    sys.exit(main())
