"""Series told apart, on published splits: accuracy beside that of the nearest neighbour by Euclidean distance.

GunPoint (150 moments, one channel), ItalyPowerDemand (24, one) and BasicMotions (100, six channels) of the UCR and UEA
archive. A run learns from the training split and its bundle is asked about the test split. The claim is an accuracy
above that of the nearest neighbour on each.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

import ninefold as nf
from ninefold.core.table import Array
from ninefold_runtime import load
from results import table, write

SETS = ("GunPoint", "ItalyPowerDemand", "BasicMotions")


def main(arguments: list[str]) -> int:
    options = argparse.ArgumentParser(prog="networks.py series_sets", description=__doc__)
    options.add_argument("--data", type=Path, required=True, help="the folder ts-classification")
    options.add_argument("--budget", default="2m", help="of each run")
    options.add_argument("--sets", nargs="*", default=list(SETS), choices=SETS)
    options.add_argument("--write", action="store_true", help="into RESULTS.md")
    chosen = options.parse_args(arguments)
    rows = [(name, *measured(chosen.data / name, chosen.budget)) for name in chosen.sets]
    shown = [(name, f"{ours:.4f}", f"{nearest:.4f}") for name, ours, nearest in rows]
    told = table(("set", "Ninefold", "nearest neighbour"), shown)
    body = f"{__doc__}\n\nBudget {chosen.budget} for each run.\n\n{told}\n"
    write("Series told apart", body) if chosen.write else print(body)
    return int(any(ours <= nearest for _, ours, nearest in rows))


def measured(folder: Path, budget: str) -> tuple[float, float]:
    """Accuracy on the test split, ours and the nearest neighbour's."""
    (train, y), (test, truth) = (_read(folder / f"{folder.name}_{part}.ts") for part in ("TRAIN", "TEST"))
    with tempfile.TemporaryDirectory() as place:
        run = nf.run(_frame(train, y), "label", budget=budget, metric="log_loss", runs=place)
        said = load(run.bundle).predict(_frame(test, truth)).predictions
    flat, asked = (each.reshape(len(each), -1) for each in (train, test))
    apart = (asked**2).sum(axis=1)[:, None] + (flat**2).sum(axis=1) - 2 * asked @ flat.T
    return float(np.mean(said == truth)), float(np.mean(y[apart.argmin(axis=1)] == truth))


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
