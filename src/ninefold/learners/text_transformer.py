"""A small transformer encoder that reads the words of a text."""

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
from ninefold.networks.layers.attention import Attention
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.global_pool import GlobalPool
from ninefold.networks.layers.layer_norm import LayerNorm
from ninefold.networks.layers.positions import Positions
from ninefold.networks.layers.residual import Residual
from ninefold.networks.layers.sequential import Sequential

WIDER = 2
"""The layer between two attentions is so many times as wide as they are."""


@dataclass(frozen=True)
class TextTransformer:
    """Lets each word look at all others, a few times over; what the words have become is averaged and weighed."""

    epochs: int = setting(20, "Passes over the rows at most", low=1, high=200, log=True, tiny=10, grows=True)
    blocks: int = setting(1, "Times that words look at each other", low=1, high=4, tiny=1)
    heads: int = setting(4, "Things that a word looks for at once", low=1, high=8, log=True, tiny=2)
    size: int = setting(
        16, "Numbers for each of them; a word is heads x size numbers", low=8, high=64, log=True, tiny=8
    )
    dropout: float = setting(0.3, "Share of units left out at each step", low=0.0, high=0.6, simpler="high")
    word_dropout: float = setting(0.1, "Share of words left out at each step", low=0.0, high=0.4, simpler="high")
    learning_rate: float = setting(0.002, "Highest step size of AdamW", low=2e-4, high=1e-2, log=True, tiny=0.005)
    decay: float = setting(0.05, "Shrinkage of the weights by AdamW", low=1e-4, high=1.0, log=True, simpler="high")
    patience: int = setting(5, "Epochs without a better stopping loss before training ends", low=2, high=50, log=True)

    card: ClassVar[Card] = Card(
        title="Transformer of words",
        solves=("binary", "multiclass", "regression"),
        view="tokens",
        idea="Each word looks at all others for what matters to it; the mean of what they have become decides.",
        inductive_bias="Words mean what the words around them let them mean; their order counts where it helps.",
        cost="Epochs x rows x words x (words + width) x width; large next to linear models.",
        source="Vaswani and others 2017; PyTorch",
        questions=(36, 37, 38),
        seconds=60.0,
        promise=0.25,
        family="network",
        beats_baseline_on=("halfspace", "blobs", "linear"),
        fails_on=("noise",),
        library="torch",
        extra="torch",
        tolerance=1e-4,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"blocks": 2}, {"size": 32, "dropout": 0.4})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        return by_words(self, data, self._body, rng=rng, clock=clock)

    def _body(self, input: Tokens, scores: int) -> Layer:
        return Sequential(
            (
                embedding(input.words, self.heads * self.size),
                Positions(input.length, "learned"),
                Dropout(self.dropout),
                *(part for _ in range(self.blocks) for part in self._block()),
                LayerNorm(),
                GlobalPool("mean"),
                Dropout(self.dropout),
                Dense(scores),
            )
        )

    def _block(self) -> tuple[Layer, Layer]:
        width = self.heads * self.size
        looks = (LayerNorm(), Attention(self.heads, dropout=self.dropout), Dropout(self.dropout))
        thinks = (LayerNorm(), Dense(WIDER * width), Activation("gelu"), Dense(width), Dropout(self.dropout))
        return Residual(Sequential(looks)), Residual(Sequential(thinks))
