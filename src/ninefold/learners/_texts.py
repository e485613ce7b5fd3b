"""What networks that read texts have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples, Form
from ninefold.networks.fitting import fitted
from ninefold.networks.inputs.input import Input
from ninefold.networks.inputs.tokens import Tokens
from ninefold.networks.layer import Layer
from ninefold.networks.layers.embedding import Embedding
from ninefold.networks.plan import Plan

if TYPE_CHECKING:
    from ninefold.networks.training.lesson import Augment

STEPS, SMALLEST, LARGEST = 100, 16, 128
"""A pass over the rows takes about STEPS batches of a size between these."""
SPREAD = 0.1
"""Of the first numbers that stand for a word."""
MOST_WORDS = 20_000
"""The most frequent words that get numbers of their own; the view counts them in this order."""


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
    @property
    def word_dropout(self) -> float: ...


def tokens(data: Examples) -> Tokens:
    """Words that the training rows have."""
    return Tokens(data.x.shape[1], min(int(data.x.max()) + 1, MOST_WORDS))


def embedding(words: int | None, width: int) -> Embedding:
    return Embedding(words or 1, width, SPREAD)


def learned(
    learner: Settings,
    data: Examples,
    input: Input,
    body: Callable[[int], Layer],
    *,
    instead: int,
    rng: np.random.Generator,
    clock: Clock,
) -> Form:
    """Train ``body``, in training with some words replaced by the number ``instead``: small batches, a rate that rises
    briefly and falls to nothing, gradients that stay short."""
    batch = int(np.clip(2 ** round(np.log2(max(1, len(data.y) / STEPS))), SMALLEST, LARGEST))
    plan = Plan(
        learner.epochs,
        batch,
        learner.learning_rate,
        decay=learner.decay,
        patience=learner.patience,
        schedule="cosine",
        warm_up=0.05,
        clip=1.0,
    )
    return fitted(data, input, body, plan, rng=rng, clock=clock, augment=_without_words(learner.word_dropout, instead))


def _without_words(share: float, instead: int) -> Augment:
    """Each word of a training row is replaced with this chance (Iyyer and others 2015)."""

    def augment(rows: Any, wanted: Any) -> tuple[Any, Any]:
        import torch

        gone = (torch.rand(rows.shape, device=rows.device) < share) & (rows != 0)
        return rows.masked_fill(gone, instead), wanted

    return augment
