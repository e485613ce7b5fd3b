"""Whether it helps to have learned from other images: ten images of each of five digits, by a network that has learned
the other five, against the same network from scratch, over five seeds."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import results
from networks.images_cnn import examples, idx

PAIRS = (("mnist", 10), ("fashion-mnist", 10))
"""Data, and images of each new class."""
OLD = range(5)
"""Classes that the backbone learns; the others are new."""
GAIN = 0.05
EPOCHS = 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("NINEFOLD_DATA", str(results.ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", default=default, help="folder that holds images/mnist and images/fashion-mnist")
    parser.add_argument("--rows", type=int, default=10_000, help="images that the backbone learns from")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the backbone's training")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    chosen = parser.parse_args()
    rows, held = [], True
    for name, each in PAIRS:
        trained, scratch = measured(Path(chosen.data) / "images" / name, each, chosen)
        gains = trained - scratch
        held &= bool(gains.mean() >= GAIN)
        told = [f"{v.mean():.3f} ± {v.std(ddof=1) if len(v) > 1 else 0:.3f}" for v in (trained, scratch, gains)]
        rows.append([name, each, *told, f"{gains.min():+.3f}"])
        print(*rows[-1], flush=True)
    headings = ["data", "images a class", "going on", "from scratch", "gain", "least gain"]
    said = (
        f"Accuracy on the official test images of five classes that the backbone has never seen; it learned the other "
        f"five from {chosen.rows:,} training images. Mean and deviation over {chosen.seeds} draws of the few images, "
        "which both networks learn from with the same settings."
    )
    if chosen.write:
        results.write("networks: transfer", f"{said}\n\n{results.table(headings, rows)}")
    return int(not held)


def measured(folder: Path, each: int, chosen: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
    """Accuracies [seeds] of the network that goes on and of the one from scratch."""
    from ninefold.core.clock import Clock
    from ninefold.learners.fine_tuned import FineTuned

    x, y = idx(folder, "train")
    test = new_classes(*idx(folder, "t10k"))
    fresh_x, fresh_y = new_classes(x, y)
    found = []
    with tempfile.TemporaryDirectory() as place:
        backbone(Path(place), x, y, chosen)
        tuned = FineTuned(backbone=place, epochs=EPOCHS, learning_rate=0.005, device=chosen.device)
        for seed in range(chosen.seeds):
            rng = np.random.default_rng(seed)
            few = np.concatenate([rng.choice(np.flatnonzero(fresh_y == c), each, replace=False) for c in range(5)])
            learned = examples(fresh_x[few], fresh_y[few])
            right = []
            for start in ("trained", "scratch"):
                form = replace(tuned, start=start).fit(learned, rng=np.random.default_rng(seed), clock=Clock())
                right.append(float((form.predict(test[0].reshape(len(test[0]), -1)).argmax(axis=1) == test[1]).mean()))
            found.append(right)
            print(folder.name, seed, *right, flush=True)
    both = np.array(found)
    return both[:, 0], both[:, 1]


def new_classes(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Images of the classes that are not OLD, counted from 0."""
    rows = ~np.isin(y, OLD)
    return x[rows], y[rows] - len(OLD)


def backbone(place: Path, x: np.ndarray, y: np.ndarray, chosen: argparse.Namespace) -> None:
    """A network that has learned the OLD classes, as files."""
    from ninefold.core.clock import Clock
    from ninefold.learners.cnn import CNN
    from ninefold.networks.stored import files_of

    rows = np.flatnonzero(np.isin(y, OLD))[: chosen.rows]
    learner = CNN(places=False, device=chosen.device)
    form = learner.fit(examples(x[rows], y[rows]), rng=np.random.default_rng(0), clock=Clock(chosen.seconds))
    for name, data in files_of(form).items():
        (place / name).write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
