"""What networks that read texts and series have in common: their settings, and how they are trained."""

from __future__ import annotations

from typing import Protocol

from ninefold.networks.plan import Plan, batch_of

STEPS, LARGEST = 100, 128
"""A pass over the rows takes about STEPS batches of LARGEST rows at most."""


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


def plan_of(learner: Settings, rows: int, smallest: int) -> Plan:
    """Small batches, of ``smallest`` rows at least; a rate that rises briefly and falls to nothing; and gradients that
    stay short, without which a state that is carried far may burst."""
    return Plan(
        learner.epochs,
        batch_of(rows, STEPS, smallest, LARGEST),
        learner.learning_rate,
        decay=learner.decay,
        patience=learner.patience,
        schedule="cosine",
        warm_up=0.05,
        clip=1.0,
    )
