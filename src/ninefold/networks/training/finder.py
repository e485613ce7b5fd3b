"""A learning rate by a range test (Smith 2017): it rises from batch to batch until the loss does too."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch

from ninefold.core.clock import Clock
from ninefold.networks.plan import Plan
from ninefold.networks.training.batch import Teacher
from ninefold.networks.training.lesson import Lesson
from ninefold.networks.training.optimisers import optimiser_of

LOWEST, HIGHEST, BATCHES = 1e-6, 1.0, 100
MEMORY, WORSE = 0.9, 4.0
"""Losses are smoothed by the first; at so many times the lowest the test ends."""
USUAL = 1e-3
"""Where even the first loss is no number."""
BACK = 0.1
"""The rate taken is this times that of the lowest loss: there it is about to rise."""


@dataclass(frozen=True)
class Range:
    """Rates that were tried, rising, and the smoothed loss at each."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]

    @property
    def suggested(self) -> float:
        if not self.rates:
            return USUAL
        lowest = min(range(len(self.rates)), key=lambda i: self.losses[i])
        return self.rates[lowest] * BACK


def range_test(module: Any, lesson: Lesson, plan: Plan, clock: Clock) -> Range:
    """Train for up to BATCHES batches at rising rates; the module and torch's generator are afterwards as they were."""
    weights = {name: w.detach().clone() for name, w in module.state_dict().items()}
    device = next(module.parameters()).device
    tried: list[tuple[float, float]] = []
    mean = 0.0
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        teacher = Teacher(optimiser_of(plan, module.named_parameters()), lesson, plan, device)
        module.train()
        for batch, chosen in enumerate(islice(_batches(lesson, plan.batch), BATCHES)):
            rate = LOWEST * (HIGHEST / LOWEST) ** (batch / (BATCHES - 1))
            mean = MEMORY * mean + (1 - MEMORY) * float(teacher.teach(chosen, rate))
            smooth = mean / (1 - MEMORY ** (batch + 1))
            if not math.isfinite(smooth):
                break
            tried.append((rate, smooth))
            if smooth > WORSE * min(loss for _, loss in tried) or clock.left <= 0:
                break
    module.load_state_dict(weights)
    return Range(tuple(rate for rate, _ in tried), tuple(loss for _, loss in tried))


def _batches(lesson: Lesson, size: int) -> Iterator[Any]:
    while True:
        yield from lesson.batches(size)
