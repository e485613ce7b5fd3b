"""What networks that read series have in common."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples, Form
from ninefold.learners._sequences import Settings, plan_of
from ninefold.learners._trivial import constant, is_trivial
from ninefold.networks.fitting import fitted
from ninefold.networks.inputs.series import Series
from ninefold.networks.layer import Layer

SMALLEST = 8
"""Rows of a batch at least."""


def learned(
    learner: Settings, data: Examples, body: Callable[[int], Layer], *, rng: np.random.Generator, clock: Clock
) -> Form:
    """Train ``body`` on the series of ``data``."""
    if is_trivial(data):
        return constant(data)
    plan = plan_of(learner, len(data.y), SMALLEST)
    return fitted(data, Series.of(data.x, data.shape), body, plan, rng=rng, clock=clock)
