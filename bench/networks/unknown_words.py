"""The share of unknown words as a watched statistic, on sentences of movie reviews: how often batches without drift are
called drifted, and how soon messages of another kind among them are seen.

The claim: no more false alarms than 1 % of batches allow, where texts that chose the words are not compared with.
``--write`` writes the section.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import results
from ninefold_runtime.aspects import aspect_arrays, aspects, remembered
from ninefold_runtime.drift import ColumnDrift, compare, corrected
from ninefold_runtime.schema import Column
from ninefold_runtime.sketch import sketch_column
from ninefold_runtime.vocabulary import common

SIZES, RATE = (300, 1_000, 4_000), 0.01
MIXED = (0.0, 0.1, 0.25)
"""Shares of other texts in a batch."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    data = os.environ.get("NINEFOLD_DATA", str(results.ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=Path(data))
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    reviews = texts(chosen.data / "text" / "mr" / "rt-polarity.all", " ")
    others = texts(next((chosen.data / "text" / "sms-spam").glob("*.tsv")), "\t")
    rows, alarms = [], 0
    for size in SIZES:
        told = [list(batches(reviews, others, size, share, chosen.batches)) for share in MIXED]
        quiet = sum(drifted for drifted, _, _ in told[0])
        alarms += quiet
        small = [sum(p < RATE for _, p, _ in told[0]), sum(p < RATE for _, _, p in told[0])]
        rows.append([f"{size:,}", quiet, *small, *(sum(drifted for drifted, _, _ in each) for each in told[1:])])
    most = int(np.ceil(len(SIZES) * chosen.batches * RATE * 2))
    holds = alarms <= most
    heads = ["sentences each", "drifted", "p < 0.01", "p < 0.01, all compared"]
    heads += [f"drifted, {share:.0%} messages" for share in MIXED[1:]]
    body = (
        f"Of {chosen.batches} batches of movie-review sentences, as many as the reference has, how many are called "
        f"drifted by their unknown words alone; with text messages among them. At most {most} without drift in all: "
        f"{'it holds' if holds else 'it does not'}.\n\n{results.table(heads, rows)}"
    )
    if chosen.write:
        results.write("Unknown words of texts, watched", body)
    else:
        print(body)
    return 0 if holds else 1


def texts(path: Path, after: str) -> np.ndarray[Any, Any]:
    """What stands after the label of each line."""
    lines = path.read_text("latin-1").split("\n")
    return np.array([line.split(after, 1)[1].strip() for line in lines if after in line], object)


def batches(
    reviews: np.ndarray[Any, Any], others: np.ndarray[Any, Any], size: int, share: float, count: int
) -> Iterator[tuple[bool, float, float]]:
    """Of each batch: whether it drifted, the p-value of its distribution, and that beside all texts there were."""
    for seed in range(count):
        rng = np.random.default_rng([seed, size])
        drawn = reviews[rng.permutation(len(reviews))]
        known, new = drawn[:size], drawn[size : 2 * size].copy()
        mixed = rng.permutation(len(new))[: int(share * len(new))]
        new[mixed] = others[rng.integers(len(others), size=len(mixed))]
        column = Column(name="text", kind="text", words=common(known))
        _, aspect = aspects(column)
        values = aspect_arrays(column, new)[aspect.name]
        told = [
            judged(aspect, reference, values[np.isfinite(values)])
            for reference in (remembered([column], {"text": known}), aspect_arrays(column, known))
        ]
        yield told[0].drifted, *(next(t.p for t in each.tests if t.name == "distribution") for each in told)


def judged(aspect: Column, reference: dict[str, np.ndarray[Any, Any]], there: np.ndarray[Any, Any]) -> ColumnDrift:
    """The values of a batch beside those of the reference."""
    return corrected([compare(aspect.name, sketch_column(aspect, reference[aspect.name]), there, 0)], RATE)[0]


if __name__ == "__main__":
    sys.exit(main())
