"""Patterns whose biases come from training rows: which dilations, which channels, how far above."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.table import Array
from ninefold.forms.patterns import KERNELS, PLACES, WINDOW, Patterns, Sweep
from ninefold.forms.stepped import Counted, Stepped

MOST_DILATIONS = 32
MADE, CELL, PLACE = 60e6, 512, 24
"""Bytes, about, that a graph may make of a row (see `ninefold_runtime.safety.graph`), for each number of a series, and
for each pattern at each place."""
GOLDEN = (np.sqrt(5.0) + 1.0) / 2.0
"""Its multiples, less what is whole, lie evenly however many there are."""


def found(
    stepped: Stepped, counted: Counted, *, features: int, channels: int, rng: np.random.Generator, clock: Clock
) -> tuple[Patterns, Array]:
    """About ``features`` patterns, each of at most so many channels, and what they say of the training rows ``counted``
    [N, P + 2 C + 1].

    Sweeps are made in random order; when the clock runs out, those that are done decide.
    """
    longest = int(counted.ends.max())
    patterns = Patterns(stepped, (), edged=longest < WINDOW)
    dilations, biases = _spread(longest, max(1, features // KERNELS))
    drawing, shares = _Drawing(patterns, counted, channels, rng), []
    for i in rng.permutation(len(dilations)):
        sweep = drawing.sweep(int(dilations[i]), int(biases[i]))
        shares.append(patterns.shares(counted.values, counted.ends, sweep))
        patterns = replace(patterns, sweeps=(*patterns.sweeps, sweep))
        if clock.left <= 0:
            break
    return patterns, np.hstack([*shares, counted.plain])


def room(length: int, channels: int) -> int:
    """Patterns that the graph of such series has room for.

    Raises:
        ValueError: the series have more numbers than leave room for any.
    """
    left = int((MADE - CELL * length * channels) / (PLACE * min(length, PLACES)))
    if left < KERNELS:
        raise ValueError(f"series of {length} moments of {channels} numbers are too large for its graph")
    return left


def _spread(longest: int, each: int) -> tuple[Array, Array]:
    """Dilations from 1 to where a kernel is as long as the longest series, evenly on the logarithmic scale; and how
    many of ``each`` kernel's biases belong to each of them."""
    highest = np.log2(max(1.0, (longest - 1) / (WINDOW - 1)))
    steps = np.floor(2.0 ** np.linspace(0.0, highest, min(each, MOST_DILATIONS))).astype(np.int64)
    dilations, counts = np.unique(steps, return_counts=True)
    upto = np.floor(np.cumsum(counts) * each / counts.sum()).astype(np.int64)
    return dilations, np.diff(upto, prepend=0)


@dataclass(frozen=True, eq=False)
class _Drawing:
    """Draws sweeps; ``patterns`` say where windows lie."""

    patterns: Patterns
    counted: Counted
    most: int
    rng: np.random.Generator

    def sweep(self, dilation: int, biases: int) -> Sweep:
        """Biases of a kernel are quantiles of what it finds in one random row that is long enough for it."""
        sweep = Sweep(dilation, self._channels(), np.zeros((KERNELS, biases), np.float32))
        fitting = np.flatnonzero(self.counted.ends > self.patterns.reach(dilation))
        rows = self.rng.choice(fitting, KERNELS)
        levels = ((np.arange(1, KERNELS * biases + 1) * GOLDEN + self.rng.random()) % 1.0).reshape(KERNELS, biases)
        windows = self.patterns.windows(self.counted.values[rows], dilation)
        found = (sweep.weights.reshape(KERNELS, 1, -1) @ windows)[:, 0].astype(np.float64)
        fits = self.patterns.fits(self.counted.ends[rows], dilation)
        drawn = [np.quantile(own[there], level) for own, there, level in zip(found, fits, levels, strict=True)]
        return replace(sweep, biases=np.asarray(np.floor(drawn) + 0.5, np.float32))

    def _channels(self) -> Array:
        """[84, C]: as many for each kernel as a draw that is even on the logarithmic scale, at most nine."""
        every = self.counted.values.shape[1]
        most = min(every, self.most)
        counts = np.floor(2.0 ** self.rng.uniform(0.0, np.log2(most + 1), KERNELS)).astype(np.int64)
        order = self.rng.permuted(np.tile(np.arange(every), (KERNELS, 1)), axis=1)
        return np.asarray(order < np.minimum(counts, most)[:, None])
