"""Series told apart, on published splits: accuracy beside that of the nearest neighbour by Euclidean distance.

GunPoint (150 moments, one channel), ItalyPowerDemand (24, one) and BasicMotions (100, six channels) of the UCR and UEA
archive. A run learns from the training split and its bundle is asked about the test split. Beside it two learners
alone, fitted once with their default settings and asked by their graphs: kernels (`series_kernels`), three seeds, and
convolutions (`series_cnn`), one seed; with CPU seconds of a fit, and milliseconds that the graph takes for a row. The
claim: the run, and the kernels alone with each seed, are right more often than the nearest neighbour on each set, and
the kernels are in the mean of the sets at most half a point behind the convolutions.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

import ninefold as nf
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples
from ninefold.core.table import Array
from ninefold.forms.onnx import Session, form_graph
from ninefold_runtime import load
from results import table, write

SETS = ("GunPoint", "ItalyPowerDemand", "BasicMotions")
ALONE = {"series_kernels": (0, 1, 2), "series_cnn": (0,)}
"""Learners by name, and their seeds."""
CALLS, BEHIND = 50, 0.005
HEAD = (
    "set",
    "Ninefold",
    "nearest neighbour",
    *(f"{name} {what}" for name in ALONE for what in ("alone", "fit", "row")),
)


@dataclass(frozen=True)
class Alone:
    """Accuracies by seed, their mean log-loss, CPU seconds of a fit, milliseconds of CPU for one row."""

    right: tuple[float, ...]
    loss: float
    fit: float
    row: float


@dataclass(frozen=True)
class Measured:
    name: str
    run: float
    nearest: float
    alone: dict[str, Alone]

    @property
    def kept(self) -> bool:
        return min(self.run, *self.alone["series_kernels"].right) > self.nearest

    def told(self) -> tuple[str, ...]:
        alone = [
            (f"{np.mean(each.right):.4f} (log-loss {each.loss:.3f})", f"{each.fit:.1f} s", f"{each.row:.2f} ms")
            for each in self.alone.values()
        ]
        return self.name, f"{self.run:.4f}", f"{self.nearest:.4f}", *(cell for cells in alone for cell in cells)


def main(arguments: list[str]) -> int:
    options = argparse.ArgumentParser(prog="networks.py series_sets", description=__doc__)
    options.add_argument("--data", type=Path, required=True, help="the folder ts-classification")
    options.add_argument("--budget", default="2m", help="of each run")
    options.add_argument("--sets", nargs="*", default=list(SETS), choices=SETS)
    options.add_argument("--write", action="store_true", help="into RESULTS.md")
    chosen = options.parse_args(arguments)
    rows = [measured(chosen.data / name, chosen.budget) for name in chosen.sets]
    shown = table(HEAD, [row.told() for row in rows])
    body = f"{__doc__}\n\nBudget {chosen.budget} for each run.\n\n{shown}\n"
    write("Series told apart", body) if chosen.write else print(body)
    kernels, convolutions = (np.mean([np.mean(row.alone[name].right) for row in rows]) for name in ALONE)
    return int(kernels < convolutions - BEHIND or not all(row.kept for row in rows))


def measured(folder: Path, budget: str) -> Measured:
    """Accuracies on the test split."""
    (train, y), (test, truth) = (_read(folder / f"{folder.name}_{part}.ts") for part in ("TRAIN", "TEST"))
    with tempfile.TemporaryDirectory() as place:
        run = nf.run(_frame(train, y), "label", budget=budget, metric="log_loss", runs=place)
        said = load(run.bundle).predict(_frame(test, truth)).predictions
    flat, asked = (each.reshape(len(each), -1) for each in (train, test))
    apart = (asked**2).sum(axis=1)[:, None] + (flat**2).sum(axis=1) - 2 * asked @ flat.T
    nearest = float(np.mean(y[apart.argmin(axis=1)] == truth))
    classes = np.unique(y)
    learned, judged = (_examples(*split, classes) for split in ((train, y), (test, truth)))
    alone = {name: _alone(name, seeds, learned, judged) for name, seeds in ALONE.items()}
    return Measured(folder.name, float(np.mean(said == truth)), nearest, alone)


def _alone(name: str, seeds: tuple[int, ...], learned: Examples, judged: Examples) -> Alone:
    found = [_fitted(name, seed, learned, judged) for seed in seeds]
    return Alone(
        tuple(each[0] for each in found), *(float(np.mean(each)) for each in list(zip(*found, strict=True))[1:])
    )


def _fitted(name: str, seed: int, learned: Examples, judged: Examples) -> tuple[float, float, float, float]:
    """Accuracy, log-loss, seconds of the fit, milliseconds for one row."""
    begun = time.process_time()
    form = parts.make("ninefold.learners", name).fit(learned, rng=np.random.default_rng(seed), clock=Clock())
    fit = time.process_time() - begun
    session = Session(form_graph(form, learned.x.shape[1]))
    said = session.rows({"x": judged.x})["y"]
    begun = time.process_time()
    for i in range(CALLS):
        session.run({"x": judged.x[i % len(judged.x)][None]})
    row = 1000 * (time.process_time() - begun) / CALLS
    chance = said[np.arange(len(judged.y)), judged.y]
    return float(np.mean(said.argmax(axis=1) == judged.y)), -float(np.mean(np.log(np.maximum(chance, 1e-15)))), fit, row


def _examples(series: Array, labels: Array, classes: Array) -> Examples:
    """Series [N, C, T] as learners see them."""
    seen = series.transpose(0, 2, 1)
    task = "binary" if len(classes) == 2 else "multiclass"
    y = np.searchsorted(classes, labels)
    return Examples(seen.reshape(len(seen), -1), y, task, len(classes), (), shape=seen.shape[1:])


def _frame(series: Array, labels: Array) -> pl.DataFrame:
    channels = {f"x{i}": series[:, i].tolist() for i in range(series.shape[1])}
    return pl.DataFrame({**channels, "label": labels.tolist()})


def _read(path: Path) -> tuple[Array, Array]:
    """[N, C, T] and the labels [N] of a file of the archive: channels part by colons, the label comes last."""
    lines = path.read_text("utf-8").partition("@data")[2].split("\n")
    rows = [line.strip().split(":") for line in lines if line.strip()]
    series = np.array([[[float(cell) for cell in channel.split(",")] for channel in row[:-1]] for row in rows])
    return series, np.array([f"class {row[-1]}" for row in rows])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
