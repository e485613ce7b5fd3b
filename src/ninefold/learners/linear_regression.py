"""Ordinary least squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._least_squares import least_squares
from ninefold.learners._trivial import constant, is_trivial


@dataclass(frozen=True)
class LinearRegression:
    """Finds the weights of least squared error; the shortest ones where columns repeat each other."""

    card: ClassVar[Card] = Card(
        title="Linear regression",
        solves=("regression",),
        view="scaled",
        idea="A weighted sum of the columns, with the weights of least squared error.",
        inductive_bias="Every column adds its share, in proportion, whatever the others say.",
        cost="Rows x columns squared, once.",
        source="Legendre 1805, Gauss 1809; QR of Golub 1965, LAPACK through NumPy",
        questions=(1, 6),
        seconds=0.05,
        promise=0.2,
        family="linear",
        beats_baseline_on=("linear",),
        fails_on=("smooth",),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        return constant(data) if is_trivial(data) else least_squares(data, 0.0, rng, clock)
