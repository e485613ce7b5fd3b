"""A network that reads a series moment by moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, cast

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._series import learned
from ninefold.networks.layer import Layer
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.recurrent import Recurrent
from ninefold.networks.layers.sequential import Sequential

Cell = Literal["gru", "lstm", "rnn"]


@dataclass(frozen=True)
class SeriesRecurrent:
    """Carries a state from moment to moment; what it is when a series has ended decides."""

    epochs: int = setting(30, "Passes over the rows at most", low=1, high=300, log=True, tiny=10, grows=True)
    cell: str = setting("gru", "How the state is carried", choices=("gru", "lstm", "rnn"))
    units: int = setting(64, "Numbers of the state", low=8, high=512, log=True, tiny=16)
    layers: int = setting(1, "States on top of each other", low=1, high=4, tiny=1)
    dropout: float = setting(0.1, "Share of the state left out at each step", low=0.0, high=0.7, simpler="high")
    learning_rate: float = setting(0.003, "Highest step size of AdamW", low=2e-4, high=3e-2, log=True, tiny=0.02)
    decay: float = setting(0.01, "Shrinkage of the weights by AdamW", low=1e-5, high=1.0, log=True, simpler="high")
    patience: int = setting(8, "Epochs without a better stopping loss before training ends", low=2, high=100, log=True)

    card: ClassVar[Card] = Card(
        title="Recurrent network",
        solves=("binary", "multiclass", "regression"),
        view="series",
        idea="A state is carried along the series, changed by each moment; gates keep what is worth keeping.",
        inductive_bias="What a moment means hangs on those before it, in the same way all along.",
        cost="Epochs x rows x moments x units squared, moment after moment.",
        source="Elman 1990; Hochreiter and Schmidhuber 1997 (LSTM); Cho and others 2014 (GRU); PyTorch",
        questions=(32,),
        seconds=120.0,
        promise=0.1,
        family="network",
        fails_on=("noise",),
        library="torch",
        extra="torch",
        tolerance=1e-4,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"cell": "lstm"}, {"units": 128, "dropout": 0.3})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        return learned(self, data, self._body, rng=rng, clock=clock)

    def _body(self, scores: int) -> Layer:
        kind = cast("Cell", self.cell)
        state = Recurrent(kind, self.units, self.layers, dropout=self.dropout, give="last")
        return Sequential((state, Dropout(self.dropout), Dense(scores)))
