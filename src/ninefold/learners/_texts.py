"""What networks that read texts have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.protocols import Examples, Form
from ninefold.forms.tokens import UNKNOWN
from ninefold.learners._sequences import Settings, plan_of
from ninefold.learners._trivial import constant, is_trivial
from ninefold.networks.fitting import fitted
from ninefold.networks.inputs.input import Input
from ninefold.networks.inputs.tokens import Tokens
from ninefold.networks.layer import Layer
from ninefold.networks.layers.embedding import Embedding

if TYPE_CHECKING:
    from ninefold.networks.training.lesson import Augment

SMALLEST = 16
"""Rows of a batch at least."""
SPREAD = 0.1
"""Of the first numbers that stand for a word."""
MOST_WORDS = 20_000
"""The most frequent words that get numbers of their own; the view counts them in this order."""


class Reads(Settings, Protocol):
    """The settings that all of these learners have."""

    @property
    def word_dropout(self) -> float: ...


def by_words(
    learner: Reads, data: Examples, body: Callable[[Tokens, int], Layer], *, rng: np.random.Generator, clock: Clock
) -> Form:
    """Train what ``body`` makes of the words that the training rows have and the scores to end in; a word that is left
    out in training is one that nobody knows."""
    if is_trivial(data):
        return constant(data)
    input = Tokens(data.x.shape[1], min(int(data.x.max()) + 1, MOST_WORDS))
    return learned(learner, data, input, partial(body, input), instead=UNKNOWN, rng=rng, clock=clock)


def embedding(words: int | None, width: int) -> Embedding:
    return Embedding(words or 1, width, SPREAD)


def learned(
    learner: Reads,
    data: Examples,
    input: Input,
    body: Callable[[int], Layer],
    *,
    instead: int,
    rng: np.random.Generator,
    clock: Clock,
) -> Form:
    """Train ``body``, in training with some words replaced by the number ``instead``."""
    plan = plan_of(learner, len(data.y), SMALLEST)
    return fitted(data, input, body, plan, rng=rng, clock=clock, augment=_without_words(learner.word_dropout, instead))


def _without_words(share: float, instead: int) -> Augment:
    """Each word of a training row is replaced with this chance (Iyyer and others 2015)."""

    def augment(rows: Any, wanted: Any) -> tuple[Any, Any]:
        import torch

        gone = (torch.rand(rows.shape, device=rows.device) < share) & (rows != 0)
        return rows.masked_fill(gone, instead), wanted

    return augment
