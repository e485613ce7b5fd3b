"""How fast images are read, and what learners of tables make of them: MNIST as files, Fashion-MNIST's official test."""

from __future__ import annotations

import argparse
import gzip
import io
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import results
from ninefold.collect.images import wired
from ninefold.core.problem import Budget, Wishes
from ninefold.runs import look, open_table, run
from ninefold_runtime.bundle import read_bundle
from ninefold_runtime.model import Model

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "images"
PUBLISHED = "HOG + SVM 0.926, XGBoost 0.898, SVC 0.897, logistic regression 0.842"
CLASSICAL = ("lightgbm", "logistic_regression", "support_vectors", "nystroem")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="networks.py images", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--budget", default="10m", help="of the run on Fashion-MNIST")
    parser.add_argument("--rows", type=int, default=60_000, help="images to read and to learn from")
    parser.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    asked = parser.parse_args(arguments)
    lines = [_reading(asked), _learning(asked)]
    body = results.table(("what", "result"), [row for rows in lines for row in rows])
    body += f"\n\nPublished for Fashion-MNIST, official test: {PUBLISHED}."
    if asked.write:
        results.write("Images: reading, and learners of tables", body)
    else:
        print(body)
    return 0


def _idx(path: Path) -> Any:
    """An array of the format of MNIST."""
    data = gzip.decompress(path.read_bytes())
    sides = data[3]
    shape = np.frombuffer(data, ">i4", sides, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * sides).reshape(shape)


def _reading(asked: argparse.Namespace) -> list[tuple[str, str]]:
    """MNIST as PNG files in a folder for each class."""
    from PIL import Image

    folder = asked.data / "mnist"
    pixels, labels = (_idx(folder / f"train-{name}-ubyte.gz")[: asked.rows] for name in ("images-idx3", "labels-idx1"))
    with tempfile.TemporaryDirectory() as made:
        for digit in range(10):
            (Path(made) / str(digit)).mkdir()
        for i, (image, label) in enumerate(zip(pixels, labels, strict=True)):
            stream = io.BytesIO()
            Image.fromarray(image).save(stream, "PNG")
            (Path(made) / str(label) / f"{i}.png").write_bytes(stream.getvalue())
        source = open_table(made)
        started, worked = time.perf_counter(), time.process_time()
        peek = look(source, Wishes(target="class"))
        looked = time.perf_counter() - started
        column = next(column for column in peek.columns if column.name == "image")
        read = wired(column, source.frame["image"])
        took, cpu = time.perf_counter() - started, time.process_time() - worked
    return [
        (f"{len(read):,} PNG files of 28 x 28: first look, digest of all bytes included", f"{looked:.1f} s"),
        ("the same with all of them decoded", f"{took:.1f} s, {cpu:.1f} s of processor"),
        ("held", f"{read.estimated_size() / 1e6:,.0f} MB"),
    ]


def _learning(asked: argparse.Namespace) -> list[tuple[str, str]]:
    """Learners of tables alone, on features from pixels."""
    folder = asked.data / "fashion-mnist"
    train, test = (
        [_idx(folder / f"{part}-{name}-ubyte.gz") for name in ("images-idx3", "labels-idx1")]
        for part in ("train", "t10k")
    )
    frame = pl.DataFrame(
        {"image": pl.Series(train[0], dtype=pl.Array(pl.UInt8, (28, 28))), "class": train[1].astype(str)}
    )
    wishes = Wishes(target="class", learners=CLASSICAL, budget=Budget.of(asked.budget, None), metric="accuracy")
    with tempfile.TemporaryDirectory() as made:
        started = time.perf_counter()
        done = run(frame.head(asked.rows), wishes, runs=Path(made))
        took = time.perf_counter() - started
        bundle = read_bundle(done.bundle)
        said = Model(bundle.graph, bundle.schema).predict({"image": test[0][..., None]})
        right = float((said.predictions.astype(str) == test[1].astype(str)).mean())
        entries = done.leaderboard.trials
    tried = ", ".join(dict.fromkeys(str(entry.learner) for entry in entries))
    return [(f"Fashion-MNIST, official test, {asked.budget} ({took:.0f} s): {tried}", f"accuracy {right:.4f}")]
