"""Have new rows drifted from the reference? Size first, then chance.

A column counts as drifted when one of its tests is significant after Holm's correction over all tests of the batch,
and the change is large enough to matter. The first condition keeps batches without drift quiet at the stated rate
whatever their size; the second keeps trifles quiet that any test finds in a million rows.

Sizes: the Kolmogorov-Smirnov distance for numbers and total variation for categories are both the share of rows that
would have to move; the other two are differences of shares. PSI is reported beside them (10 bins).
"""

from __future__ import annotations

import math
from collections.abc import Set
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ninefold_runtime import pvalues
from ninefold_runtime.sketch import LEAST, Expected, Levels, Numbers, Sketch
from ninefold_runtime.tally import LevelTally, Moments, NumberTally, Tally, Watched

Array = NDArray[Any]
FLOORS = {
    "distribution": 0.05,
    "missing share": 0.02,
    "unlisted share": 0.01,
    "outside the range": 0.01,
    "expected accuracy": 0.05,
}
"""The least size of a change that counts, by test."""
PSI_BINS = 10


class Check(msgspec.Struct, frozen=True):
    """One test of one column: the ``size`` of the change, and its p-value before and after correction.

    ``noise``: the size (root of the mean square) that chance alone would show with so many rows.
    """

    name: str
    size: float
    p: float
    noise: float = 0.0
    adjusted: float = 1.0

    @property
    def effect(self) -> float:
        """The size without what chance alone would show."""
        return math.sqrt(max(0.0, self.size**2 - self.noise**2))

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
    lists, with their share of the new rows. ``constant``: all values are the same now, and were not. ``weight``: how
    much the model leans on the column, as a share of all, where that was given; its ``impact`` is the effect times
    that."""

    name: str
    drifted: bool
    tests: tuple[Check, ...]
    before: Summary
    now: Summary
    psi: float | None = None
    moved: Moved | None = None
    new: dict[str, float] = {}
    weight: float | None = None
    constant: bool = False

    @property
    def size(self) -> float:
        return max((test.size for test in self.tests), default=0.0)

    @property
    def effect(self) -> float:
        """The largest size without what chance alone would show."""
        return max((test.effect for test in self.tests), default=0.0)

    @property
    def impact(self) -> float | None:
        return None if self.weight is None else self.weight * self.effect


def compare(name: str, sketch: Sketch, there: Array, missing: int, known: Set[str] = frozenset()) -> ColumnDrift:
    """The present values [N] of one column, and how many are missing, next to its sketch. ``known``: levels that are
    not new even where the sketch does not list them."""
    watched = Watched(name, sketch, frozenset(known))
    counted = watched.tally(there)
    return compare_tally(watched, msgspec.structs.replace(counted, missing=missing))


def compare_tally(watched: Watched, tally: Tally) -> ColumnDrift:
    """Counted rows of one column next to its sketch, not yet corrected (see `corrected`)."""
    sketch = watched.sketch
    tests = [_missing(sketch, tally)]
    before, now = _summary(sketch.present, sketch.missing), _summary(tally.present, tally.missing)
    psi, moved, new = None, None, {}
    if isinstance(sketch, Levels) and isinstance(tally, LevelTally):
        tests += [_levels(sketch, tally), _unlisted(sketch, tally)]
        psi, moved = _psi(_listed(sketch), np.array(tally.counts, np.int64)), _most_moved(sketch, tally)
        new = _strangers(tally)
    elif isinstance(sketch, Numbers) and isinstance(tally, NumberTally):
        tests += [_numbers(sketch, tally), _outside(sketch, tally) if watched.ranged else None]
        psi = _psi(*_deciles(sketch, tally))
        before = msgspec.structs.replace(before, mean=sketch.mean, deviation=sketch.deviation)
        mean, deviation = tally.moments.told()
        now = msgspec.structs.replace(now, mean=mean, deviation=deviation)
    kept = tuple(test for test in tests if test)
    return ColumnDrift(watched.name, False, kept, before, now, psi, moved, new, constant=_constant(sketch, tally))


def _constant(sketch: Sketch, tally: Tally) -> bool:
    if isinstance(sketch, Numbers) and isinstance(tally, NumberTally):
        return tally.moments.rows >= LEAST and not tally.moments.squares and bool(sketch.deviation)
    if isinstance(sketch, Levels) and isinstance(tally, LevelTally):
        return LEAST <= tally.present == max(tally.counts[:-1], default=0) and len(sketch.counts) > 1
    return False


def compare_accuracy(expected: Expected, confidence: Moments) -> ColumnDrift:
    """Has the accuracy fallen that calibrated probabilities promise? ``confidence`` is that of the given labels.

    Source: confidence-based performance estimation; right only while the probabilities stay calibrated.
    """
    now, n = confidence.mean, confidence.rows
    spread = math.sqrt(expected.deviation**2 * (1 / n + 1 / expected.rows))
    fall = expected.accuracy - now
    p = pvalues.normal_below(fall / spread) if spread > 0 else float(fall <= 0)
    before = Summary(expected.rows, 0.0, expected.accuracy, expected.deviation)
    after = Summary(n, 0.0, now, confidence.deviation)
    return ColumnDrift("expected accuracy", False, (Check("expected accuracy", fall, p, spread),), before, after)


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


def _missing(sketch: Sketch, tally: Tally) -> Check | None:
    """None where nothing is or was missing: nothing to test, and no correction to pay for."""
    n, m = tally.present + tally.missing, sketch.present + sketch.missing
    if not n or not m or not tally.missing + sketch.missing:
        return None
    return _share("missing share", tally.missing, n, sketch.missing, m)


def _share(name: str, a: int, n: int, b: int, m: int) -> Check:
    """``a`` of ``n`` new rows against ``b`` of ``m`` rows of training."""
    either = (a + b) / (n + m)
    noise = math.sqrt(either * (1 - either) * (1 / n + 1 / m))
    return Check(name, abs(a / n - b / m), pvalues.fisher(a, n, b, m), noise)


def _numbers(sketch: Numbers, tally: NumberTally) -> Check | None:
    """The largest distance by Kolmogorov and Smirnov; its chance, or that of the ranks by Mann and Whitney, which find
    small shifts sooner. Where half of the rows or more share a bin, ranks are too coarse for the normal limit."""
    n, m = tally.present, sketch.present
    if not n or not m or not sketch.edges:
        return None
    now, before = np.array(tally.counts, np.int64), np.array(sketch.counts, np.int64)
    distance = float(np.abs(np.cumsum(now) / n - np.cumsum(before) / m).max())
    p = pvalues.kolmogorov(distance, n, m)
    if 2 * int((now + before).max()) < n + m:
        p = min(1.0, 2 * p, 2 * pvalues.ranks(now, before))
    return Check("distribution", distance, p, math.pi / math.sqrt(12) * math.sqrt(1 / n + 1 / m))


def _outside(sketch: Numbers, tally: NumberTally) -> Check | None:
    n, m = tally.present, sketch.present
    if not n or not m:
        return None
    p = min(pvalues.beyond(count, n, m) for count in (tally.below, tally.above))
    return Check("outside the range", (tally.below + tally.above) / n, min(1.0, 2 * p), 2 / (m + 1))


def _levels(sketch: Levels, tally: LevelTally) -> Check | None:
    before, now = _listed(sketch), np.array(tally.counts, np.int64)
    if len(sketch.counts) < 2 or not now.sum() or not before.sum():
        return None
    n, m = int(now.sum()), int(before.sum())
    size = float(np.abs(now / n - before / m).sum() / 2)
    either = (now + before) / (n + m)
    noise = float(np.sqrt(2 / math.pi * either * (1 - either) * (1 / n + 1 / m)).sum() / 2)
    return Check("distribution", size, pvalues.homogeneity(now, before), noise)


def _listed(sketch: Levels) -> NDArray[np.int64]:
    """Counts of training over the listed levels, the rest in the last cell."""
    return np.array([*sketch.counts.values(), sketch.other], np.int64)


def _unlisted(sketch: Levels, tally: LevelTally) -> Check | None:
    n, m = tally.present, int(_listed(sketch).sum())
    if not n or not m or not tally.unlisted + sketch.other:
        return None
    return _share("unlisted share", tally.unlisted, n, sketch.other, m)


def _most_moved(sketch: Levels, tally: LevelTally) -> Moved | None:
    before, now = _listed(sketch), np.array(tally.counts, np.int64)
    if not sketch.counts or not now.sum() or not before.sum():
        return None
    shares = zip(sketch.counts, before / before.sum(), now / now.sum(), strict=False)
    return max((Moved(level, float(p), float(q)) for level, p, q in shares), key=lambda m: abs(m.now - m.before))


def _strangers(tally: LevelTally) -> dict[str, float]:
    new = sorted((-count, level) for level, count in tally.strangers.items())
    return {level: -count / tally.present for count, level in new[:5]}


def _deciles(sketch: Numbers, tally: NumberTally) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Counts before and now in about ten bins of equal mass."""
    before = np.array(sketch.counts, np.int64)
    now = np.array(tally.counts, np.int64)
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
