"""Batches without drift that are called drifted, and shifts that are found."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import results
from monitoring.columns import Array, drawn, remembering, sources
from ninefold_runtime.bundle import Bundle
from ninefold_runtime.monitor.stream import Stream

RATE = 0.01
ROWS = (100, 1_000, 100_000)
REFERENCES = (1_000, 20_000)
"""Training rows behind the sketches; every 50 batches new ones are drawn."""
SHIFT, AT, FOUND = 0.2, 1_000, 0.9


def called(bundle: Bundle, arrays: Mapping[str, Array]) -> set[str]:
    """The columns that are called drifted."""
    stream = Stream(bundle)
    stream.add(arrays)
    return {column.name for column in stream.report().columns if column.drifted}


def false_alarms(batches: int, rng: np.random.Generator) -> tuple[str, bool]:
    lines, kept = [], True
    for rows in ROWS:
        for reference in REFERENCES:
            alarms = sum(_alarms(reference, rows, min(50, batches - done), rng) for done in range(0, batches, 50))
            kept &= alarms <= RATE * batches + 3 * (RATE * batches) ** 0.5
            lines.append([f"{rows:,}", f"{reference:,}", f"{batches:,}", f"{alarms / batches:.2%}"])
    table = results.table(["rows in a batch", "training rows", "batches", "called drifted"], lines)
    verdict = "kept" if kept else "MISSED"
    return f"{table}\n\nAt most {RATE:.0%} is promised, over 20 columns together: {verdict}.", kept


def _alarms(reference: int, rows: int, batches: int, rng: np.random.Generator) -> int:
    draws = sources(rng)
    bundle = remembering(drawn(draws, reference))
    return sum(bool(called(bundle, drawn(draws, rows))) for _ in range(batches))


def power(batches: int, rng: np.random.Generator) -> tuple[str, bool]:
    """One of the twenty columns, a normal one, moves by a fifth of its standard deviation."""
    lines, found = [], {}
    for reference in (1_000, 5_000, 20_000):
        hits = 0
        for _ in range(batches):
            draws = sources(rng)
            bundle, new = remembering(drawn(draws, reference)), drawn(draws, AT)
            new["normal"] = new["normal"] + SHIFT
            hits += "normal" in called(bundle, new)
        found[reference] = hits / batches
        lines.append([f"{reference:,}", f"{batches}", f"{found[reference]:.1%}"])
    table = results.table(["training rows", "batches", f"shifts of {SHIFT} deviations found in {AT:,} rows"], lines)
    kept = found[20_000] >= FOUND
    return (
        f"{table}\n\nAt least {FOUND:.0%} is promised with 20,000 training rows: {'kept' if kept else 'MISSED'}.",
        kept,
    )
