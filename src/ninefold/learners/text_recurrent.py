"""A network that reads a text word by word, from both ends."""

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
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.global_pool import GlobalPool
from ninefold.networks.layers.recurrent import Recurrent
from ninefold.networks.layers.sequential import Sequential


@dataclass(frozen=True)
class TextRecurrent:
    """Carries a state from word to word in both directions; the strongest of each of its numbers counts."""

    epochs: int = setting(12, "Passes over the rows at most", low=1, high=100, log=True, tiny=8, grows=True)
    cell: str = setting("gru", "How the state is carried", choices=("gru", "lstm"))
    width: int = setting(64, "Numbers that stand for a word", low=8, high=300, log=True, tiny=8)
    units: int = setting(64, "Numbers of the state in each direction", low=8, high=256, log=True, tiny=8)
    dropout: float = setting(0.4, "Share of units left out at each step", low=0.0, high=0.7, simpler="high")
    word_dropout: float = setting(0.1, "Share of words left out at each step", low=0.0, high=0.4, simpler="high")
    learning_rate: float = setting(0.003, "Highest step size of AdamW", low=2e-4, high=2e-2, log=True, tiny=0.02)
    decay: float = setting(0.05, "Shrinkage of the weights by AdamW", low=1e-4, high=1.0, log=True, simpler="high")
    patience: int = setting(4, "Epochs without a better stopping loss before training ends", low=2, high=50, log=True)

    card: ClassVar[Card] = Card(
        title="Recurrent network of words",
        solves=("binary", "multiclass", "regression"),
        view="tokens",
        idea="A state is carried along the text, changed by each word; its strongest marks decide.",
        inductive_bias="What a word means hangs on what was read before; near words more than far ones.",
        cost="Epochs x rows x words x units x (width + units), word after word.",
        source="Cho and others 2014 (GRU); Hochreiter and Schmidhuber 1997 (LSTM); PyTorch",
        questions=(32, 36),
        seconds=120.0,
        promise=0.15,
        family="network",
        beats_baseline_on=("halfspace", "blobs", "linear"),
        fails_on=("noise",),
        library="torch",
        extra="torch",
        tolerance=1e-4,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"cell": "lstm"}, {"width": 128, "dropout": 0.5})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        return by_words(self, data, self._body, rng=rng, clock=clock)

    def _body(self, input: Tokens, scores: int) -> Layer:
        return Sequential(
            (
                embedding(input.words, self.width),
                Dropout(self.dropout),
                Recurrent("lstm" if self.cell == "lstm" else "gru", self.units, both=True),
                GlobalPool("max"),
                Dropout(self.dropout),
                Dense(scores),
            )
        )
