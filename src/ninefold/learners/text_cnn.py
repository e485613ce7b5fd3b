"""Windows of words that look for phrases wherever they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._texts import by_words, embedding
from ninefold.networks.inputs.tokens import Tokens
from ninefold.networks.layer import Layer
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.beside import Beside
from ninefold.networks.layers.conv1d import Conv1d
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.global_pool import GlobalPool
from ninefold.networks.layers.sequential import Sequential

WINDOWS = (1, 3, 5)
"""Words that a window sees."""


@dataclass(frozen=True)
class TextCnn:
    """Slides windows of a few widths over the words; of each, the place that fits best counts (Kim's network)."""

    epochs: int = setting(20, "Passes over the rows at most", low=1, high=200, log=True, tiny=10, grows=True)
    width: int = setting(64, "Numbers that stand for a word", low=8, high=300, log=True, tiny=8)
    channels: int = setting(64, "Windows of each width", low=8, high=256, log=True, tiny=8)
    dropout: float = setting(0.5, "Share of units left out at each step", low=0.0, high=0.7, simpler="high")
    word_dropout: float = setting(0.1, "Share of words left out at each step", low=0.0, high=0.4, simpler="high")
    learning_rate: float = setting(0.002, "Highest step size of AdamW", low=2e-4, high=1e-2, log=True, tiny=0.01)
    decay: float = setting(0.05, "Shrinkage of the weights by AdamW", low=1e-4, high=1.0, log=True, simpler="high")
    patience: int = setting(4, "Epochs without a better stopping loss before training ends", low=2, high=50, log=True)

    card: ClassVar[Card] = Card(
        title="Convolutions over words",
        solves=("binary", "multiclass", "regression"),
        view="tokens",
        idea="Windows learn phrases, like ones alike; whether a text has them anywhere decides.",
        inductive_bias="A few short phrases decide, wherever they stand.",
        cost="Epochs x rows x words x width x channels.",
        source="Kim 2014; PyTorch",
        questions=(31, 36),
        seconds=60.0,
        promise=0.25,
        family="network",
        beats_baseline_on=("halfspace", "blobs", "linear"),
        fails_on=("noise",),
        library="torch",
        extra="torch",
        tolerance=1e-4,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"width": 128, "channels": 100}, {"word_dropout": 0.25})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        return by_words(self, data, self._body, rng=rng, clock=clock)

    def _body(self, input: Tokens, scores: int) -> Layer:
        looked = Beside(tuple(self._looking(window) for window in WINDOWS))
        return Sequential((embedding(input.words, self.width), looked, Dropout(self.dropout), Dense(scores)))

    def _looking(self, window: int) -> Layer:
        return Sequential((Conv1d(self.channels, window), Activation("relu"), GlobalPool("max")))
