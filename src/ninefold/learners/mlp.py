"""A multilayer perceptron."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._trivial import constant, is_trivial
from ninefold.networks.fitting import fitted
from ninefold.networks.inputs.columns import Columns
from ninefold.networks.layer import Layer
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.batch_norm import BatchNorm
from ninefold.networks.layers.dense import Dense, Start
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.sequential import Sequential
from ninefold.networks.plan import Plan, batch_of

STARTS: dict[str, Start] = {"relu": "he", "gelu": "he", "sigmoid": "xavier", "tanh": "xavier"}


@dataclass(frozen=True)
class Mlp:
    """Layers of units, each a bent weighted sum of the layer before, learned by gradient descent."""

    epochs: int = setting(30, "Passes over the rows", low=1, high=1000, log=True, tiny=12, grows=True)
    layers: int = setting(2, "Layers of units", low=1, high=8, tiny=1)
    width: int = setting(128, "Units per layer", low=8, high=1024, log=True, tiny=32)
    activation: str = setting("relu", "How sums are bent", choices=("relu", "gelu", "tanh", "sigmoid"))
    batch_norm: bool = setting(True, "Bring each unit to mean 0 and spread 1 over the batch", choices=(True, False))
    dropout: float = setting(0.1, "Share of units left out at each step", low=0.0, high=0.6, simpler="high", tiny=0.0)
    learning_rate: float = setting(
        0.005, "Highest step size of AdamW; it rises to it and falls to 0", low=1e-4, high=0.1, log=True, tiny=0.02
    )
    decay: float = setting(0.01, "Shrinkage of the weights by AdamW", low=1e-6, high=1.0, log=True, simpler="high")
    patience: int = setting(10, "Epochs without a better stopping loss before training ends", low=2, high=100, log=True)

    card: ClassVar[Card] = Card(
        title="Multilayer perceptron",
        solves=("binary", "multiclass", "regression"),
        view="scaled",
        idea="Weighted sums, bent, and weighted sums of those: with enough units any smooth function.",
        inductive_bias="Smooth functions of all columns mixed; the simplest ones are learned first.",
        cost="Epochs x rows x width x (columns + layers x width).",
        source="Rumelhart, Hinton and Williams 1986; Ioffe and Szegedy 2015; Srivastava and others 2014; PyTorch",
        questions=(26, 27, 28),
        seconds=5.0,
        promise=0.05,
        family="network",
        beats_baseline_on=("halfspace", "xor", "rings", "blobs", "linear", "steps", "smooth", "categorical"),
        fails_on=("noise", "parity"),
        library="torch",
        extra="torch",
        tolerance=1e-4,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {},
        {"activation": "gelu", "layers": 3, "dropout": 0.2, "learning_rate": 0.002},
        {"activation": "tanh", "batch_norm": False, "learning_rate": 0.002},
        {"activation": "sigmoid", "layers": 1, "width": 256},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        plan = Plan(
            epochs=self.epochs,
            batch=batch_of(len(data.y)),
            rate=self.learning_rate,
            decay=self.decay,
            schedule="one_cycle",
            clip=1.0,
            patience=self.patience,
        )
        return fitted(data, Columns(data.x.shape[1]), self._body, plan, rng=rng, clock=clock)

    def _body(self, scores: int) -> Layer:
        one: tuple[Layer, ...] = (
            Dense(self.width, bias=not self.batch_norm, start=STARTS[self.activation]),
            *([BatchNorm()] if self.batch_norm else []),
            Activation(self.activation),  # type: ignore[arg-type]
            *([Dropout(self.dropout)] if self.dropout else []),
        )
        return Sequential((*one * self.layers, Dense(scores)))
