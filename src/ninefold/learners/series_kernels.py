"""Fixed kernels over the moments of a series, and a linear model of how often each is met."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.forms.patterns import KERNELS, WeighedPatterns
from ninefold.forms.stepped import Stepped
from ninefold.learners._left_out import ridge
from ninefold.learners._patterns import found, room
from ninefold.learners._trivial import constant, is_trivial

SQUARE = 2_500
"""Rows or columns of the matrix that is decomposed at most: of more rows, fewer patterns are asked."""
CELLS = 25_000_000
"""Numbers of all rows at most: of very many rows a random part is learned from."""


@dataclass(frozen=True)
class SeriesKernels:
    """Looks for 84 shapes of nine moments, near together and far apart, and weighs how much of a series is above each
    of many levels of them (MiniRocket), by ridge regression.

    The penalty is the best for rows left out, and probabilities are fitted to what was said of those.
    """

    features: int = setting(10_000, "Patterns counted, about", low=168, high=10_000, log=True, tiny=336)
    channels: int = setting(9, "Channels that a kernel adds up at most", low=1, high=9, simpler="low")
    alike: bool = setting(
        False, "Whether a series counts in its own spread, so that size says nothing", choices=(False, True)
    )

    card: ClassVar[Card] = Card(
        title="Fixed kernels over series (MiniRocket)",
        solves=("binary", "multiclass", "regression"),
        view="series",
        idea="Thousands of fixed shapes are looked for in each series; how often each is met decides.",
        inductive_bias="Short and long shapes decide by how much of a series has them, wherever they are.",
        cost="Rows x moments (256 at most) x patterns, once; then rows or patterns, the fewer, cubed.",
        source="Dempster, Schmidt and Webb 2021 (MiniRocket); Allen 1974 (rows left out); Platt 1999; NumPy",
        questions=(31, 32),
        seconds=10.0,
        promise=1.0,
        family="linear",
        beats_baseline_on=("halfspace", "xor", "blobs", "steps"),
        fails_on=("noise", "parity"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({"features": 2_000}, {}, {"alike": True})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        length, width = data.shape
        features = min(self.features, room(length, width), SQUARE if len(data.y) > SQUARE else self.features)
        rows = np.sort(rng.permutation(len(data.y))[: CELLS // features])
        shares = None if data.shares is None else data.shares[rows]
        seen = replace(data, x=data.x[rows], y=data.y[rows], shares=shares)
        stepped = Stepped.of(seen.x, data.shape, self.alike)
        half = clock.first(clock.spent + clock.left / 2)  # the other half is for the weights
        patterns, said = found(
            stepped, stepped.counted(seen.x), features=features, channels=self.channels, rng=rng, clock=half
        )
        plain = np.arange(said.shape[1]) >= patterns.count  # few among many: each counts as the patterns of a bias
        return WeighedPatterns(patterns, ridge(seen, said, np.where(plain, KERNELS, 1.0), clock))
