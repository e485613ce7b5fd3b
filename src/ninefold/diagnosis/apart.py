"""Where do two sets of rows differ? The monitor's tests, used while training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array
from ninefold_runtime.aspects import all_aspects, remembered, with_aspects
from ninefold_runtime.drift import ColumnDrift, compare, corrected
from ninefold_runtime.schema import Column
from ninefold_runtime.sketch import Numbers, Stamps, measured, sketch_column, sketch_levels, sketch_numbers
from ninefold_runtime.wire import absent


@dataclass(frozen=True, eq=False)
class Side:
    """One set of N rows: columns in wire form, and targets [N], codes where they are classes."""

    columns: Mapping[str, Array]
    targets: tuple[Array, ...]
    classes: bool


def apart(
    kinds: Mapping[str, Column], one: Side, other: Side, rate: float, *, titles: tuple[str, ...]
) -> list[ColumnDrift]:
    """The columns, and targets by their ``titles``, in which ``other`` differs from ``one``, the most different first.

    ``rate`` is the chance that any is named though none differs.
    """
    columns = [kinds[name] for name in one.columns]
    before, now = remembered(columns, one.columns), with_aspects(columns, other.columns)
    compared = [_compared(each, before[each.name], now[each.name]) for each in all_aspects(columns)]
    pairs = zip(titles, one.targets, other.targets, strict=True)
    compared += [_targets(title, y, z, classes=one.classes) for title, y, z in pairs]
    found = [column for column in corrected([c for c in compared if c is not None], rate) if column.drifted]
    return sorted(found, key=lambda column: -column.size)


def _compared(column: Column, before: Array, now: Array) -> ColumnDrift | None:
    """None for identifiers and constants."""
    if column.kind in {"id", "constant"}:
        return None
    sketch, there = sketch_column(column, before), now[~absent(now)]
    missing = len(now) - len(there)
    if isinstance(sketch, Stamps):  # within one table, time is a number like others
        sketch = sketch_numbers(before[~absent(before)].astype(np.float64), sketch.missing)
        there = there.astype(np.float64)
    elif isinstance(sketch, Numbers):
        there = measured(column, there)
    return compare(column.name, sketch, there, missing)


def _targets(title: str, before: Array, now: Array, *, classes: bool) -> ColumnDrift:
    """Values, of mixed targets codes, may be missing."""
    if classes:
        return compare(title, sketch_levels(before.astype(str).astype(object), 0), now.astype(str).astype(object), 0)
    known, there = (values[~np.isnan(values)].astype(np.float64) for values in (before, now))
    return compare(title, sketch_numbers(known, len(before) - len(known)), there, len(now) - len(there))
