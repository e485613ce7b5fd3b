"""Have new rows drifted from the reference? Size first, then chance.

A column counts as drifted when one of its tests is significant after Holm's correction over all tests of the batch,
and the change is large enough to matter. The first condition keeps batches without drift quiet at the stated rate
whatever their size; the second keeps trifles quiet that any test finds in a million rows.

Sizes: the Kolmogorov-Smirnov distance for numbers and total variation for categories are both the share of rows that
would have to move; the other two are differences of shares. PSI is reported beside them (10 bins).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Set
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime import pvalues
from ninefold_runtime.schema import Schema
from ninefold_runtime.sketch import Expected, Levels, Numbers, Sketch, Stamps, histogram, measured, moments
from ninefold_runtime.wire import absent

Array = NDArray[Any]
FLOORS = {"distribution": 0.05, "missing share": 0.02, "unlisted share": 0.01, "expected accuracy": 0.05}
"""The least size of a change that counts, by test."""
PSI_BINS = 10


class Check(msgspec.Struct, frozen=True):
    """One test of one column: the ``size`` of the change, and its p-value before and after correction."""

    name: str
    size: float
    p: float
    adjusted: float = 1.0

    def drifted(self, rate: float) -> bool:
        return self.adjusted <= rate and self.size >= FLOORS[self.name]


class Summary(msgspec.Struct, frozen=True):
    """One side of a comparison. ``mean`` and ``deviation`` are of numbers, or of lengths of texts."""

    rows: int
    missing: float
    mean: float | None = None
    deviation: float | None = None


class Moved(msgspec.Struct, frozen=True):
    """A level with its shares of the rows that have a value."""

    level: str
    before: float
    now: float


class ColumnDrift(msgspec.Struct, frozen=True):
    """``moved``: the listed level whose share changed most. ``new``: at most 5 levels that neither sketch nor schema
    lists, with their share of the new rows."""

    name: str
    drifted: bool
    tests: tuple[Check, ...]
    before: Summary
    now: Summary
    psi: float | None = None
    moved: Moved | None = None
    new: dict[str, float] = {}

    @property
    def size(self) -> float:
        return max((test.size for test in self.tests), default=0.0)


def compare_columns(schema: Schema, sketches: dict[str, Sketch], arrays: dict[str, Array]) -> list[ColumnDrift]:
    """Wired columns next to their sketches, not yet corrected (see `corrected`)."""
    compared = []
    for column in schema.columns:
        array = arrays[column.name]
        there = array[~absent(array)]
        sketch = sketches[column.name]
        values = measured(column, there) if isinstance(sketch, Numbers) else there
        compared.append(compare(column.name, sketch, values, len(array) - len(there), set(column.levels)))
    return compared


def compare(name: str, sketch: Sketch, there: Array, missing: int, known: Set[str] = frozenset()) -> ColumnDrift:
    """The present values [N] of one column, and how many are missing, next to its sketch. ``known``: levels that are
    not new even where the sketch does not list them."""
    tests = [_missing(sketch, len(there), missing)]
    before, now = _summary(sketch.present, sketch.missing), _summary(len(there), missing)
    psi, moved, new = None, None, {}
    if isinstance(sketch, Stamps):
        pass
    elif isinstance(sketch, Levels):
        found = Counter(there.tolist())
        tests += [_distribution(sketch, found), _unlisted(sketch, found)]
        psi, moved = _psi(*_cells(sketch, found)), _most_moved(sketch, found)
        new = _strangers(found, known | set(sketch.counts))
    else:
        tests += [_distance(sketch, there)]
        psi = _psi(*_deciles(sketch, there))
        before = msgspec.structs.replace(before, mean=sketch.mean, deviation=sketch.deviation)
        mean, deviation = moments(there)
        now = msgspec.structs.replace(now, mean=mean, deviation=deviation)
    return ColumnDrift(name, False, tuple(test for test in tests if test), before, now, psi, moved, new)


def compare_accuracy(expected: Expected, confidence: Array) -> ColumnDrift:
    """Has the accuracy fallen that calibrated probabilities promise? ``confidence`` [N] is that of the given labels.

    Source: confidence-based performance estimation; right only while the probabilities stay calibrated.
    """
    now, n = float(confidence.mean()), len(confidence)
    spread = math.sqrt(expected.deviation**2 * (1 / n + 1 / expected.rows))
    fall = expected.accuracy - now
    p = pvalues.normal_below(fall / spread) if spread > 0 else float(fall <= 0)
    before = Summary(expected.rows, 0.0, expected.accuracy, expected.deviation)
    after = Summary(n, 0.0, now, float(confidence.std()))
    return ColumnDrift("expected accuracy", False, (Check("expected accuracy", fall, p),), before, after)


def corrected(columns: list[ColumnDrift], rate: float) -> list[ColumnDrift]:
    """The same columns with p-values corrected over all of their tests, and the verdict of each."""
    adjusted = iter(pvalues.holm([test.p for column in columns for test in column.tests]))
    judged = []
    for column in columns:
        tests = tuple(msgspec.structs.replace(test, adjusted=next(adjusted)) for test in column.tests)
        drifted = any(test.drifted(rate) for test in tests)
        judged.append(msgspec.structs.replace(column, tests=tests, drifted=drifted))
    return judged


def _summary(present: int, missing: int) -> Summary:
    rows = present + missing
    return Summary(rows, missing / rows if rows else 0.0)


def _missing(sketch: Sketch, present: int, missing: int) -> Check | None:
    """None where nothing is or was missing: nothing to test, and no correction to pay for."""
    n, m = present + missing, sketch.present + sketch.missing
    if not n or not m or not missing + sketch.missing:
        return None
    return Check("missing share", abs(missing / n - sketch.missing / m), pvalues.fisher(missing, n, sketch.missing, m))


def _distance(sketch: Numbers, values: Array) -> Check | None:
    n = len(values)
    if not n or not sketch.present or not sketch.edges:
        return None
    now = np.cumsum(histogram(values, sketch.edges)[:-1]) / n
    before = np.cumsum(sketch.counts[:-1]) / sketch.present
    distance = float(np.abs(now - before).max())
    return Check("distribution", distance, pvalues.kolmogorov(distance, n, sketch.present))


def _distribution(sketch: Levels, found: dict[str, int]) -> Check | None:
    before, now = _cells(sketch, found)
    if len(sketch.counts) < 2 or not now.sum():
        return None
    size = float(np.abs(now / now.sum() - before / before.sum()).sum() / 2)
    return Check("distribution", size, pvalues.homogeneity(now, before))


def _cells(sketch: Levels, found: dict[str, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Counts before and now over the listed levels, the rest in the last cell."""
    listed = [found.get(level, 0) for level in sketch.counts]
    now = np.array([*listed, sum(found.values()) - sum(listed)], np.int64)
    return np.array([*sketch.counts.values(), sketch.other], np.int64), now


def _unlisted(sketch: Levels, found: dict[str, int]) -> Check | None:
    before, now = _cells(sketch, found)
    n, m = int(now.sum()), int(before.sum())
    if not n or not m or not now[-1] + before[-1]:
        return None
    size = abs(now[-1] / n - before[-1] / m)
    return Check("unlisted share", float(size), pvalues.fisher(int(now[-1]), n, int(before[-1]), m))


def _most_moved(sketch: Levels, found: dict[str, int]) -> Moved | None:
    before, now = _cells(sketch, found)
    if not sketch.counts or not now.sum():
        return None
    shares = zip(sketch.counts, before / before.sum(), now / now.sum(), strict=False)
    return max((Moved(level, float(p), float(q)) for level, p, q in shares), key=lambda m: abs(m.now - m.before))


def _strangers(found: dict[str, int], known: Set[str]) -> dict[str, float]:
    total = sum(found.values())
    new = sorted((-count, level) for level, count in found.items() if level not in known)
    return {level: -count / total for count, level in new[:5]}


def _deciles(sketch: Numbers, values: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Counts before and now in about ten bins of equal mass."""
    before = np.array(sketch.counts, np.int64)
    now = np.array(histogram(values, sketch.edges), np.int64)
    share = np.cumsum(before) / max(1, before.sum())
    bins = np.minimum((share * PSI_BINS - 1e-9).astype(np.int64), PSI_BINS - 1)
    return np.bincount(bins, before).astype(np.int64), np.bincount(bins, now).astype(np.int64)


def _psi(before: NDArray[np.int64], now: NDArray[np.int64]) -> float | None:
    """Population stability index; half a row is added to each cell so that none is empty."""
    if not before.sum() or not now.sum():
        return None
    p = (before + 0.5) / (before + 0.5).sum()
    q = (now + 0.5) / (now + 0.5).sum()
    return float(((q - p) * np.log(q / p)).sum())
