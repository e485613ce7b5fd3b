"""Series, and by how much the answer falls where a stretch of moments is covered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ninefold.core.closer import SeenSeries
from ninefold.evaluate.closer.worst import Worst
from ninefold_runtime.explain.weighing import covered

MOST, COLUMNS = 3, 2
"""Rows, and columns of each, those that matter most to it, that are shown."""
STRETCHES = 16
MOMENTS = 400
"""Of longer series every so manieth is drawn."""


def series_of(worst: Worst) -> Iterator[SeenSeries]:
    columns = worst.columns("series")
    if not columns:
        return
    for place in worst.rows(columns[0], MOST):
        found = [seen for column in columns if (seen := _seen(worst, place, column.name)) is not None]
        yield from sorted(found, key=lambda seen: -max(map(abs, seen.falls)))[:COLUMNS]


def _seen(worst: Worst, place: int, column: str) -> SeenSeries | None:
    """None of a series without a value."""
    row = worst.row(place)
    edges, falls = covered(worst.asked, row, column, STRETCHES)
    if not len(falls):
        return None
    values = row[column][0][: edges[-1]]
    shown = np.where(np.isfinite(values), values, np.nan)
    return SeenSeries(
        worst.seen(place),
        column,
        tuple(float(f"{v:.5g}") for v in shown.tolist()),
        edges,
        tuple(float(f"{fall:.3g}") for fall in falls[:, worst.spoken(place)].tolist()),
    )
