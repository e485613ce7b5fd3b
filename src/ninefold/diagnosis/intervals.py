"""95 % intervals by bootstrap: the sealed rows are drawn anew, with replacement, and measured again each time.

Where rows come in groups, whole groups are drawn (Davison and Hinkley 1997, section 3.8), and where they come in
time, blocks of neighbouring rows (Carlstein 1986): rows that resemble each other carry less evidence than their
number suggests. Rows are not drawn class by class: that takes the class shares for known, and in a simulation with
10 % positives 95 % intervals of accuracy then held the truth in 72 % of samples, against 94 % without.

Limits are percentiles, a little further out where units are few (Hesterberg 2015, "expanded percentile"). BCa would
cost one more evaluation per row; in the same simulation correcting for bias alone brought nothing. Where time allows
only few resamples the tails are too thin for percentiles, and the limits are those of a normal distribution with the
resamples' standard deviation, but no further out than the furthest resample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from ninefold.core.clock import Clock
from ninefold.core.table import Array, Rows

MOST, FEWEST = 1_000, 25
ENOUGH = 100
"""Resamples from which on percentiles are read."""
LARGEST = 20_000
"""Units drawn per resample at most: of more, a part is drawn, and its spread is scaled (Bickel, Götze and van Zwet
1997, "m out of n")."""
NORMAL = 1.959964

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Resampling:
    """How N rows are drawn: ``codes`` [N] are the units 0, 1, … that are drawn whole, single rows mostly."""

    codes: Index

    @property
    def units(self) -> int:
        return int(self.codes.max()) + 1

    def draw(self, rng: np.random.Generator) -> Index:
        """Positions of one resample, in rising order: rows sorted by prediction stay sorted, which ranking thanks."""
        drawn = np.bincount(rng.integers(self.units, size=min(self.units, LARGEST)), minlength=self.units)
        return np.repeat(np.arange(len(self.codes)), drawn[self.codes])

    def within(self, part: Array) -> Resampling:
        """The same way of drawing among some of the rows, given by a mask or by positions."""
        return Resampling(_dense(self.codes[part]))

    def interval(self, value: float, samples: Array) -> tuple[float, float]:
        """Low and high around ``value`` from samples [B]; undefined (NaN) samples are left out."""
        known = samples[np.isfinite(samples)]
        if known.size < 2:
            return value, value
        low, high = self._limits(value, known)
        return min(low, value), max(high, value)

    def spread(self, value: float, samples: Array) -> Array:
        """Samples around ``value`` as far apart as if every unit had been drawn."""
        return np.asarray(value + (samples - value) * np.sqrt(min(LARGEST / self.units, 1.0)))

    def _limits(self, value: float, known: Array) -> tuple[float, float]:
        far = _distance(self.units)
        known = self.spread(value, known)
        if known.size < ENOUGH:
            half = far * float(known.std(ddof=1))
            return max(value - half, float(known.min())), min(value + half, float(known.max()))
        tail = NormalDist().cdf(-far)
        low, high = np.quantile(known, (tail, 1 - tail))
        return float(low), float(high)

    def basic_interval(self, value: float, samples: Array) -> tuple[float, float]:
        """The interval reflected at ``value``, for an error that resampling inflates; never below 0, nor without it.

        A calibration error is a sum of absolute values, so every resample adds noise to it that does not cancel.
        """
        low, high = self._limits(value, samples)
        return max(2 * value - high, 0.0), max(2 * value - low, value)


def _distance(units: int) -> float:
    """Student's 97.5 % quantile (Abramowitz and Stegun 26.7.5, two terms), widened for the bootstrap's own
    underestimate of the variance by 1 in ``units``."""
    free = max(units - 1, 1)
    return (NORMAL + (NORMAL**3 + NORMAL) / (4 * free)) * float(np.sqrt(units / free))


def resampling(rows: Rows) -> Resampling:
    """Groups are drawn whole, times in blocks, else every row for itself."""
    if rows.groups is not None:
        return Resampling(_dense(rows.groups))
    return Resampling(np.arange(len(rows)) if rows.times is None else _blocks(rows.times))


def mean_and_error(values: NDArray[np.float64], units: Array) -> tuple[float, float]:
    """The mean and its standard error, which allows for rows of one unit that are alike (Liang and Zeger 1986)."""
    mean = float(values.mean())
    return mean, float(np.sqrt(np.sum(np.bincount(units, values - mean) ** 2))) / len(values)


def wilson(share: float, rows: float) -> tuple[float, float]:
    """The 95 % interval of a share of so many rows (Wilson 1927): never empty, even where the share is 0 or 1."""
    spread = NORMAL**2 / rows
    middle = (share + spread / 2) / (1 + spread)
    half = NORMAL * np.sqrt(share * (1 - share) / rows + spread / (4 * rows)) / (1 + spread)
    return max(middle - float(half), 0.0), min(middle + float(half), 1.0)


def _dense(codes: Array) -> Index:
    """Codes 0, 1, … without gaps."""
    return np.asarray(np.unique(codes, return_inverse=True)[1], np.int64)


def _blocks(times: Array) -> Index:
    """Blocks of about N^(1/3) rows that follow each other in time, the length that suits a smooth statistic."""
    length = max(round(len(times) ** (1 / 3)), 1)
    place = np.empty(len(times), np.int64)
    place[np.argsort(times, kind="stable")] = np.arange(len(times))
    return np.asarray(place // length)


def resampled(
    measure: Callable[[Index], Array], how: Resampling, rng: np.random.Generator, clock: Clock, most: int = MOST
) -> NDArray[np.float64]:
    """``measure`` [M] of up to ``most`` resamples, as [B, M]; B is smaller when time is short."""
    drawn: list[Array] = []
    while len(drawn) < most and (clock.left > 0 or len(drawn) < FEWEST):
        drawn.append(measure(how.draw(rng)))
    return np.array(drawn, np.float64)
