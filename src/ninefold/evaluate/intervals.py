"""95 % intervals by bootstrap: the sealed rows are drawn anew, with replacement, and measured again each time.

Rows are drawn within each class, so that a resample has as many of each as the sealed rows have. Where rows come in
groups, whole groups are drawn instead (Davison and Hinkley 1997, section 3.8), and where they come in time, blocks
of neighbouring rows (Carlstein 1986): rows that resemble each other carry less evidence than their number suggests.

Limits are percentiles (Efron and Tibshirani 1993, chapter 13). BCa limits would cost one more evaluation per row and
gain little for the metrics here, whose coverage the tests simulate. Where time allows only few resamples, the tails
are too thin for percentiles, and the limits are the normal ones with the resamples' standard deviation, but no
further out than the furthest resample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ninefold.core.clock import Clock
from ninefold.core.table import Array, Rows
from ninefold_runtime.schema import Task

MOST, FEWEST = 1_000, 25
ENOUGH = 100
"""Resamples from which on percentiles are read."""
LARGE = 20_000_000
"""Rows drawn in all, above which fewer resamples are made, down to a fifth: with many rows intervals are narrow."""
SMALL = 5
"""Rows of a class below which resamples are not stratified: a class of one row would be the same in each."""
NORMAL = 1.959964

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Resampling:
    """How N rows are drawn: ``codes`` [N] are strata that keep their sizes, or clusters drawn whole."""

    codes: Array
    whole: bool

    def draw(self, rng: np.random.Generator) -> Index:
        """Positions of one resample, in rising order: rows sorted by prediction stay sorted, which ranking thanks."""
        counts = self._clusters(rng) if self.whole else self._strata(rng)
        return np.repeat(np.arange(len(self.codes)), counts)

    def within(self, mask: Array) -> Resampling:
        """The same way of drawing, among the rows where ``mask`` is true."""
        return Resampling(_dense(self.codes[mask]), whole=True) if self.whole else stratified(self.codes[mask])

    def _clusters(self, rng: np.random.Generator) -> Array:
        clusters = int(self.codes.max()) + 1
        drawn = np.bincount(rng.integers(clusters, size=clusters), minlength=clusters)
        return np.asarray(drawn[self.codes])

    def _strata(self, rng: np.random.Generator) -> Array:
        counts = np.zeros(len(self.codes), np.int64)
        for code in range(int(self.codes.max()) + 1):
            rows = np.flatnonzero(self.codes == code)
            counts[rows] = np.bincount(rng.integers(len(rows), size=len(rows)), minlength=len(rows))
        return counts


def resampling(task: Task, rows: Rows) -> Resampling:
    """Clusters for groups and times, strata for classes, else every row for itself."""
    if rows.groups is not None:
        return Resampling(_dense(rows.groups), whole=True)
    if rows.times is not None:
        return Resampling(_blocks(rows.times), whole=True)
    return stratified(np.zeros(len(rows)) if task == "regression" else rows.target)


def stratified(classes: Array) -> Resampling:
    """Rows drawn within their class [N]; all together where a class is so small that it would hardly vary."""
    codes = _dense(classes)
    small = np.bincount(codes).min() < SMALL
    return Resampling(np.zeros_like(codes) if small else codes, whole=False)


def _dense(codes: Array) -> Index:
    """Codes 0, 1, … without gaps."""
    return np.asarray(np.unique(codes, return_inverse=True)[1], np.int64)


def _blocks(times: Array) -> Array:
    """Blocks of about N^(1/3) rows that follow each other in time, the length that suits a smooth statistic."""
    length = max(round(len(times) ** (1 / 3)), 1)
    place = np.empty(len(times), np.int64)
    place[np.argsort(times, kind="stable")] = np.arange(len(times))
    blocks: Array = place // length
    return blocks


def resampled(
    measure: Callable[[Index], Array], how: Resampling, rng: np.random.Generator, clock: Clock, most: int = MOST
) -> NDArray[np.float64]:
    """``measure`` [M] of up to ``most`` resamples, as [B, M]; B is smaller on many rows and when time is short."""
    most = min(most, max(MOST // 5, LARGE // len(how.codes)))
    drawn: list[Array] = []
    while len(drawn) < most and (clock.left > 0 or len(drawn) < FEWEST):
        drawn.append(measure(how.draw(rng)))
    return np.array(drawn, np.float64)


def interval(value: float, samples: Array) -> tuple[float, float]:
    """Low and high around ``value`` from samples [B]; undefined (NaN) samples are left out."""
    known = samples[np.isfinite(samples)]
    if known.size < 2:
        return value, value
    if known.size >= ENOUGH:
        low, high = np.quantile(known, (0.025, 0.975))
    else:
        half = NORMAL * known.std(ddof=1)
        low, high = max(value - half, known.min()), min(value + half, known.max())
    return min(float(low), value), max(float(high), value)


def basic_interval(value: float, samples: Array) -> tuple[float, float]:
    """Percentiles reflected at ``value``, for an error that resampling inflates; never below 0, nor without it.

    A calibration error is a sum of absolute values, so every resample adds noise to it that does not cancel.
    """
    low, high = interval(value, samples) if len(samples) < ENOUGH else np.quantile(samples, (0.025, 0.975))
    return max(2 * value - float(high), 0.0), max(2 * value - float(low), value)
