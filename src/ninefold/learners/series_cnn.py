"""A convolutional network over the moments of a series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._series import learned
from ninefold.networks.layer import Layer
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.batch_norm import BatchNorm
from ninefold.networks.layers.conv1d import Conv1d
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.global_pool import GlobalPool
from ninefold.networks.layers.sequential import Sequential

WINDOWS = (7, 5, 3)
"""Moments that a window of each layer sees."""


@dataclass(frozen=True)
class SeriesCnn:
    """Slides windows over the moments, three layers of them; the mean of what they find decides (Wang's FCN)."""

    epochs: int = setting(60, "Passes over the rows at most", low=1, high=500, log=True, tiny=12, grows=True)
    channels: int = setting(64, "Windows of the first layer; twice as many in the second", low=8, high=256, tiny=8)
    dropout: float = setting(0.1, "Share of units left out at each step", low=0.0, high=0.7, simpler="high")
    learning_rate: float = setting(0.003, "Highest step size of AdamW", low=2e-4, high=3e-2, log=True, tiny=0.02)
    decay: float = setting(0.01, "Shrinkage of the weights by AdamW", low=1e-5, high=1.0, log=True, simpler="high")
    patience: int = setting(15, "Epochs without a better stopping loss before training ends", low=2, high=100, log=True)

    card: ClassVar[Card] = Card(
        title="Convolutions over series",
        solves=("binary", "multiclass", "regression"),
        view="series",
        idea="Windows learn short shapes; how much of each a series has decides, wherever it is.",
        inductive_bias="Short shapes decide, wherever they are.",
        cost="Epochs x rows x moments x channels squared.",
        source="Wang, Yan and Oates 2017 (FCN); PyTorch",
        questions=(31, 32),
        seconds=60.0,
        promise=0.2,
        family="network",
        fails_on=("noise",),
        library="torch",
        extra="torch",
        tolerance=1e-4,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = ({}, {"channels": 128, "dropout": 0.3})

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        return learned(self, data, self._body, rng=rng, clock=clock)

    def _body(self, scores: int) -> Layer:
        widths = (self.channels, 2 * self.channels, self.channels)
        looked = [
            layer
            for channels, window in zip(widths, WINDOWS, strict=True)
            for layer in (Conv1d(channels, window, bias=False), BatchNorm(), Activation("relu"))
        ]
        return Sequential((*looked, GlobalPool("mean"), Dropout(self.dropout), Dense(scores)))
