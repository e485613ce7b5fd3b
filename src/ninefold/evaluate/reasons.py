"""Why a row is unusual, in words: the columns whose usual value would make it less so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ninefold.core.results import Anomaly
from ninefold.core.table import Array, Dataset, Rows
from ninefold.core.words import cell
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent

SHOWN, TOLD = 10, 3
KNOWN = 20_000
"""Training rows that say what is usual."""
FAR = 0.05
"""A number is called high or low where at most this share of the training rows lies beyond it."""
RARE = 0.1
CERTAIN = 1 - 1e-12
NOTHING = 1e-3
"""Of the surprise that a row causes, less than this share is no reason."""
Scored = Callable[[Rows], Array]


@dataclass(frozen=True, eq=False)
class Asked:
    """What reasons are found with: ``rows``, the most unusual first, the graph's ``columns``, the training rows
    ``known`` to compare with, and ``scored``, which asks the graph."""

    rows: Rows
    columns: tuple[Column, ...]
    known: Rows
    scored: Scored

    @classmethod
    def of(cls, rows: Rows, dataset: Dataset, names: tuple[str, ...], scored: Scored) -> Asked:
        every = max(1, dataset.train_rows // KNOWN)
        known = dataset.rows.take(np.arange(0, dataset.train_rows, every))
        return cls(rows, tuple(dataset.column(name) for name in names), known, scored)

    @cached_property
    def _usual(self) -> list[object]:
        return [_usual(self.known.columns[column.name]) for column in self.columns]

    def top(self, scores: Array) -> tuple[Anomaly, ...]:
        """The first rows with their ``scores`` [N], and up to three reasons for each."""
        return tuple(
            Anomaly(place + 1, float(score), self._reasons(place)) for place, score in enumerate(scores[:SHOWN])
        )

    def _reasons(self, place: int) -> str:
        """The columns whose usual value takes most of the surprise away, in words."""
        copies = self.rows.take(np.full(1 + len(self.columns), place))
        changed = {name: values.copy() for name, values in copies.columns.items()}
        for i, column in enumerate(self.columns):
            changed[column.name][1 + i] = self._usual[i]
        surprise = -np.log1p(-np.minimum(self.scored(Rows(changed, copies.target)), CERTAIN))
        due = surprise[0] - surprise[1:]
        order = [i for i in np.argsort(-due, kind="stable")[:TOLD] if due[i] > NOTHING * surprise[0]]
        told = [self._told(self.columns[i], place) for i in order]
        return "; ".join(told) or "no single column: the combination of its values"

    def _told(self, column: Column, place: int) -> str:
        return _told(column, self.rows.columns[column.name][place], self.known.columns[column.name])


def _usual(values: Array) -> object:
    """The median, or the most frequent value; missing where all are."""
    present = values[~absent(values)]
    if not len(present):
        return values[0]
    if values.dtype.kind == "O":
        levels, counts = np.unique(present.astype(str), return_counts=True)
        return str(levels[np.argmax(counts)])
    return np.sort(present)[len(present) // 2]


def _told(column: Column, value: Any, known: Array) -> str:
    """A value beside those of the training rows."""
    missing = absent(known)
    if absent(np.array([value], known.dtype))[0]:
        return f"no {column.name} ({missing.mean():.1%} of rows have none)"
    if column.kind == "number":
        return _number(column.name, float(value), known[~missing])
    if column.wire == "text" and column.kind != "text":
        share = float((known == value).mean())
        rare = "rare " if share < RARE else ""
        return f'{rare}{column.name} "{value}" ({share:.1%} of rows)'
    return column.name


def _number(name: str, value: float, known: Array) -> str:
    above, below = float((known > value).mean()), float((known < value).mean())
    if above <= FAR:
        return f"high {name} ({_digits(value)}; {above:.1%} of rows are higher)"
    if below <= FAR:
        return f"low {name} ({_digits(value)}; {below:.1%} of rows are lower)"
    return f"{name} ({_digits(value)}; not far out by itself)"


def _digits(value: float) -> str:
    return (cell(round(value)) if abs(value) >= 1000 else f"{value:.3g}").replace("-", "−")
