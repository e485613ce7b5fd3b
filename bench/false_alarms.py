"""How often the monitor calls a batch drifted although nothing has changed; promised is 1 % of batches at most."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

import results
from ninefold_runtime import drift
from ninefold_runtime.sketch import Sketch, sketch_levels, sketch_numbers

RATE, COLUMNS = 0.01, 20
BATCHES = {100: 6_000, 1_000: 3_000, 100_000: 100}
"""Batches by rows per batch."""
REFERENCES = (1_000, 20_000)
"""Training rows behind the sketches; every 50 batches new ones are drawn."""
MISSING = 0.05
Draw = Callable[[int], NDArray[np.generic]]


def sources(rng: np.random.Generator) -> list[Draw]:
    """Twenty columns: light and heavy tails, ties, atoms, 2 to 500 levels."""
    numbers: list[Draw] = [
        rng.standard_normal,
        rng.standard_exponential,
        lambda n: rng.standard_t(1.5, n),
        lambda n: rng.lognormal(0, 2, n),
        lambda n: rng.poisson(1.2, n).astype(float),
        lambda n: rng.integers(0, 2, n).astype(float),
        lambda n: np.where(rng.random(n) < 0.6, 0.0, rng.lognormal(3, 1, n)),
        lambda n: rng.choice([-50.0, 50.0], n) + rng.standard_normal(n),
        lambda n: np.round(rng.normal(40, 12, n)),
        lambda n: rng.pareto(1.1, n),
    ]
    return numbers + [partial(_levels, rng, count, power) for count in (2, 5, 20, 100, 500) for power in (0.0, 1.2)]


def _levels(rng: np.random.Generator, count: int, power: float, rows: int) -> NDArray[np.generic]:
    """Zipf-like shares: 1 / rank ** power."""
    share = np.arange(1, count + 1) ** -power
    names = np.array([f"level {i}" for i in range(count)], object)
    return rng.choice(names, rows, p=share / share.sum())


def rate(reference: int, rows: int, batches: int, rng: np.random.Generator) -> float:
    """Share of batches in which any column is called drifted."""
    alarms = 0
    draws = sources(rng)
    for batch in range(batches):
        if batch % 50 == 0:
            sketches = [_sketch(draw, reference, rng) for draw in draws]
        columns = [_compared(draw, sketch, rows, rng) for draw, sketch in zip(draws, sketches, strict=True)]
        alarms += any(column.drifted for column in drift.corrected(columns, RATE))
    return alarms / batches


def _sketch(draw: Draw, rows: int, rng: np.random.Generator) -> Sketch:
    missing = int(rng.binomial(rows, MISSING))
    there = draw(rows - missing)
    return sketch_levels(there, missing) if there.dtype == object else sketch_numbers(there, missing)


def _compared(draw: Draw, sketch: Sketch, rows: int, rng: np.random.Generator) -> drift.ColumnDrift:
    missing = int(rng.binomial(rows, MISSING))
    return drift.compare("x", sketch, draw(rows - missing), missing)


def main() -> int:
    rng = np.random.default_rng(0)
    lines, worst = [], 0.0
    for rows, batches in BATCHES.items():
        for reference in REFERENCES:
            found = rate(reference, rows, batches, rng)
            error = (RATE * (1 - RATE) / batches) ** 0.5
            worst = max(worst, (found - RATE) / error)
            lines.append([f"{rows:,}", f"{reference:,}", f"{batches:,}", f"{found:.2%}"])
    verdict = f"At most {RATE:.0%} is promised, over {COLUMNS} columns together: {'kept' if worst < 3 else 'MISSED'}."
    table = results.table(["rows in a batch", "training rows", "batches", "called drifted"], lines)
    results.write("false alarms", f"{table}\n\n{verdict}")
    return int(worst >= 3)


if __name__ == "__main__":
    sys.exit(main())
