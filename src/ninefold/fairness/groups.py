"""Who is in which group: levels of a category, bands of a number, and those without a value."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ninefold.core.table import Array
from ninefold.core.words import cell
from ninefold_runtime.monitor.groups import codes_of
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent

LEVELS = 12
"""Groups of a category, the most frequent levels first; the others are one group together."""
QUARTERS = (0.25, 0.5, 0.75)
FEW_VALUES = 5
"""A number of so few values has a group for each, and no bands."""
OTHER, MISSING = "other", "missing"
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Grouping:
    """What puts rows into groups, decided on training rows: ``levels`` of a category, or the upper ``edges`` of all
    bands but the last. ``names`` are the groups by code; the last two are of other levels and of missing values."""

    column: str
    names: tuple[str, ...]
    levels: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()

    @property
    def other(self) -> int:
        return len(self.names) - 2

    @property
    def missing(self) -> int:
        return len(self.names) - 1

    def codes(self, values: Array) -> Codes:
        """The group of each value [N] in wire form."""
        return codes_of(self, values)


def grouping_of(column: Column, known: Array) -> Grouping | str:
    """The groups of a column by its training values ``known`` [N]; or why it makes none."""
    if column.kind == "category":
        levels = tuple(level for level in column.levels[:LEVELS] if level)
        return Grouping(column.name, (*levels, OTHER, MISSING), levels)
    if column.kind not in ("number", "boolean", "datetime"):
        return f"its values are of kind {column.kind}, which makes no groups"
    values, present = np.unique(known[~absent(known)]), known[~absent(known)]
    if len(values) < 2:
        return "it has one value"
    if len(values) <= FEW_VALUES:
        names, edges = [_word(column, value) for value in values], values[:-1]
    else:
        edges = np.unique(np.quantile(present, QUARTERS, method="lower"))
        edges = edges[edges < values[-1]] if edges[0] < values[-1] else values[-2:-1]
        words = [_word(column, edge) for edge in edges]
        names = [f"≤ {words[0]}", *(f"> {a} to {b}" for a, b in pairwise(words)), f"> {words[-1]}"]
    return Grouping(column.name, (*names, OTHER, MISSING), edges=tuple(edges.tolist()))


def _word(column: Column, value: float) -> str:
    if column.kind == "boolean":
        return "yes" if value else "no"
    return str(np.datetime64(int(value), "us"))[:10] if column.kind == "datetime" else cell(float(value))


def crossed(one: Codes, names: tuple[str, ...], other: Codes, more: tuple[str, ...]) -> tuple[Codes, tuple[str, ...]]:
    """The groups of two columns crossed: codes [N], and names."""
    return one * len(more) + other, tuple(f"{a} · {b}" for a in names for b in more)
