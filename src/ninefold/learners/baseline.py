"""The baseline: what can be said without looking at any column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value
from ninefold.core.protocols import Card, Examples
from ninefold.forms.constant import Constant
from ninefold.learners._trivial import constant


@dataclass(frozen=True)
class Baseline:
    """Predicts the class shares, or the mean, of the training rows for every row; puts all rows into one cluster."""

    card: ClassVar[Card] = Card(
        title="Baseline",
        solves=("binary", "multiclass", "regression", "quantile", "clustering", "anomaly"),
        view="plain",
        idea="Say the same for every row: the class shares, the mean, or one cluster.",
        inductive_bias="No column matters.",
        cost="One pass over the target.",
        source="Every other learner must beat it to be worth its cost.",
        questions=(1, 9),
        seconds=0.0,
        family="baseline",
        fails_on=("halfspace", "xor", "rings", "blobs", "linear", "steps", "smooth", "noise", "clouds", "stripes"),
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({},)

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Constant:
        return constant(data)
