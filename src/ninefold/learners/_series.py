"""What networks that read series have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples, Form
from ninefold.learners._trivial import constant, is_trivial
from ninefold.networks.fitting import fitted
from ninefold.networks.inputs.series import Series
from ninefold.networks.layer import Layer
from ninefold.networks.plan import Plan

STEPS, SMALLEST, LARGEST = 100, 8, 128
"""A pass over the rows takes about STEPS batches of a size between these."""


class Settings(Protocol):
    """The settings that all of these learners have."""

    @property
    def epochs(self) -> int: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def decay(self) -> float: ...
    @property
    def patience(self) -> int: ...


def learned(
    learner: Settings, data: Examples, body: Callable[[int], Layer], *, rng: np.random.Generator, clock: Clock
) -> Form:
    """Train ``body`` on the series of ``data``: small batches, a rate that rises briefly and falls to nothing, and
    gradients that stay short, without which a state that is carried far may burst."""
    if is_trivial(data):
        return constant(data)
    plan = Plan(
        learner.epochs,
        int(np.clip(2 ** round(np.log2(max(1, len(data.y) / STEPS))), SMALLEST, LARGEST)),
        learner.learning_rate,
        decay=learner.decay,
        patience=learner.patience,
        schedule="cosine",
        warm_up=0.05,
        clip=1.0,
    )
    return fitted(data, Series.of(data.x, data.shape), body, plan, rng=rng, clock=clock)
