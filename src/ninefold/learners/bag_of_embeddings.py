"""The mean of vectors that stand for the words and phrases of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.forms.grams import Grams
from ninefold.learners._texts import embedding, learned
from ninefold.learners._trivial import constant, is_trivial
from ninefold.networks.inputs.phrases import Phrases
from ninefold.networks.layer import Layer
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.global_pool import GlobalPool
from ninefold.networks.layers.sequential import Sequential

MOST, LEAST = 30_000, 2
"""Words and phrases with vectors of their own at most, and texts that each must occur in."""


@dataclass(frozen=True)
class BagOfEmbeddings:
    """Learns a vector for each frequent word and phrase; the mean of a text's vectors decides (fastText's model)."""

    epochs: int = setting(20, "Passes over the rows at most", low=1, high=200, log=True, tiny=12, grows=True)
    longest: int = setting(2, "Words of a phrase at most", low=1, high=3)
    width: int = setting(32, "Numbers that stand for a phrase", low=4, high=256, log=True, tiny=8)
    dropout: float = setting(0.2, "Share of units left out at each step", low=0.0, high=0.6, simpler="high")
    word_dropout: float = setting(0.3, "Share of phrases left out at each step", low=0.0, high=0.7, simpler="high")
    learning_rate: float = setting(0.01, "Highest step size of AdamW", low=1e-3, high=0.1, log=True, tiny=0.05)
    decay: float = setting(0.05, "Shrinkage of the weights by AdamW", low=1e-4, high=1.0, log=True, simpler="high")
    patience: int = setting(5, "Epochs without a better stopping loss before training ends", low=2, high=50, log=True)

    card: ClassVar[Card] = Card(
        title="Bag of embeddings",
        solves=("binary", "multiclass", "regression"),
        view="tokens",
        idea="Each word and phrase is a point; a text is the middle of its points; classes lie on sides of it.",
        inductive_bias="Words and short phrases count wherever they stand, those of like meaning alike.",
        cost="Epochs x rows x words x width.",
        source="Joulin and others 2017 (fastText); Iyyer and others 2015 (word dropout); PyTorch",
        questions=(36,),
        seconds=15.0,
        promise=0.3,
        family="network",
        beats_baseline_on=("halfspace", "blobs", "linear"),
        fails_on=("noise", "parity"),
        library="torch",
        extra="torch",
        tolerance=1e-4,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"word_dropout": 0.5}, {"longest": 1, "width": 64})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        grams = Grams.often(data.x, self.longest, LEAST, MOST)

        def body(scores: int) -> Layer:
            looked_up = embedding(grams.count + 1, self.width)
            return Sequential((looked_up, GlobalPool("mean"), Dropout(self.dropout), Dense(scores)))

        input = Phrases(grams, data.x.shape[1])
        return learned(self, data, input, body, instead=0, rng=rng, clock=clock)
