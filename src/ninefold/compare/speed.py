"""What a contender says about all rows, and what an answer costs: single rows as they come, and all rows at once."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from ninefold.compare.contender import Contender, Table
from ninefold.core.clock import Clock
from ninefold.core.comparison import Side
from ninefold.core.table import Array
from ninefold_runtime.intake import wired
from ninefold_runtime.model import Predictions

ROWS, SECONDS, FIRST = 500, 0.5, 5
"""Single rows that are timed, at most, and for how long; the first ones warm up."""


@dataclass(frozen=True)
class Heard:
    """``arrays``: the table as the graph took it, one entry per row and column."""

    made: Predictions
    arrays: dict[str, Array]
    side: Side


def heard(contender: Contender, table: Table) -> Heard:
    """All its answers, timed on this machine, now."""
    model, started = contender.model, time.perf_counter()
    arrays, rows, notes = wired(contender.schema, table)
    made = model.predict_arrays(arrays, tuple(notes))
    pace = rows / (time.perf_counter() - started)
    names = [name for name in contender.schema.names if name in table]
    single = [{name: table[name][row] for name in names} for row in range(min(rows, ROWS))]
    weight = len(contender.bundle.graph)
    side = Side(contender.name, len(contender.schema.columns), weight, _microseconds(contender, single), pace)
    return Heard(made, arrays, side)


def _microseconds(contender: Contender, rows: list[dict[str, object]]) -> float:
    clock, taken = Clock(SECONDS), list[float]()
    for row in rows:
        if clock.left <= 0 and len(taken) > FIRST:
            break
        started = time.perf_counter()
        contender.model.predict_one(row)
        taken.append(time.perf_counter() - started)
    return float(np.median(taken[FIRST:] or taken)) * 1e6
