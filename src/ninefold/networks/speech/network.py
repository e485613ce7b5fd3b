"""The torch module of a speaking transformer, norms first (Xiong et al. 2020), the embedding shared by source, answer
and output (Press and Wolf 2017). Loads torch: import this inside functions only."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import linear, log_softmax, scaled_dot_product_attention

from ninefold.core.table import Array
from ninefold.networks.speech.shape import Shape, waves
from ninefold_runtime.tokenizer import PADDING

Weights = dict[str, Array]


class Attention(nn.Module):  # type: ignore[misc]
    """Of ``width`` numbers with ``heads`` heads: what ``x`` [N, T, C] takes from ``seen`` [N, S, C]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.query = nn.Linear(shape.width, shape.width)
        self.both = nn.Linear(shape.width, 2 * shape.width)
        self.out = nn.Linear(shape.width, shape.width)

    def forward(self, x: Any, seen: Any, allowed: Any = None, causal: bool = False) -> Any:
        asked, keys, values = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in (self.query(x), *self.both(seen).chunk(2, -1))
        )
        taken = scaled_dot_product_attention(asked, keys, values, allowed, is_causal=causal)
        return self.out(taken.transpose(1, 2).flatten(2))


class Layer(nn.Module):  # type: ignore[misc]
    """Attention to itself, to the source where there is one, and two dense layers; each adds to what comes in, and what
    it adds is dropped in part. Inside, nothing is: on a CPU the random numbers for that take a tenth of the time."""

    def __init__(self, shape: Shape, *, crossed: bool) -> None:
        super().__init__()
        self.norm, self.itself = nn.LayerNorm(shape.width), Attention(shape)
        self.crossed = crossed
        if crossed:
            self.cross_norm, self.cross = nn.LayerNorm(shape.width), Attention(shape)
        self.last_norm = nn.LayerNorm(shape.width)
        self.up, self.down = nn.Linear(shape.width, shape.hidden), nn.Linear(shape.hidden, shape.width)
        self.drop = nn.Dropout(shape.dropout)

    def forward(self, x: Any, memory: Any = None, allowed: Any = None, causal: bool = False) -> Any:
        normed = self.norm(x)
        x = x + self.drop(self.itself(normed, normed, None if causal else allowed, causal))
        if self.crossed:
            x = x + self.drop(self.cross(self.cross_norm(x), memory, allowed))
        return x + self.drop(self.down(self.up(self.last_norm(x)).relu()))


class Speaking(nn.Module):  # type: ignore[misc]
    """``said`` gives what comes before the output layer, so that a loss need not ask for more places than it counts."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.words = nn.Embedding(shape.tokens, shape.width)
        nn.init.normal_(self.words.weight, std=shape.width**-0.5)
        self.places = nn.Parameter(torch.from_numpy(waves(shape.longest, shape.width)))
        self.encoder = nn.ModuleList(Layer(shape, crossed=False) for _ in range(shape.encoder))
        self.decoder = nn.ModuleList(Layer(shape, crossed=shape.encoder > 0) for _ in range(shape.decoder))
        self.encoder_norm = nn.LayerNorm(shape.width) if shape.encoder else nn.Identity()
        self.norm = nn.LayerNorm(shape.width)
        self.bias = nn.Parameter(torch.zeros(shape.sayable))
        self.drop = nn.Dropout(shape.dropout)

    def embedded(self, tokens: Any) -> Any:
        return self.drop(self.words(tokens) * self.shape.width**0.5 + self.places[: tokens.shape[1]])

    def memory(self, source: Any) -> tuple[Any, Any]:
        """[N, S, C], and [N, 1, 1, S] which places hold a token."""
        allowed = (source != PADDING)[:, None, None]
        x = self.embedded(source)
        for layer in self.encoder:
            x = layer(x, allowed=allowed)
        return self.encoder_norm(x), allowed

    def said(self, tokens: Any, memory: Any = None, allowed: Any = None) -> Any:
        """[N, T, C] of beginnings [N, T]; no place knows of those after it."""
        x = self.embedded(tokens)
        for layer in self.decoder:
            x = layer(x, memory, allowed, causal=True)
        return self.norm(x)

    def scores(self, said: Any) -> Any:
        """[…, sayable], to be soft-maxed."""
        return linear(said, self.words.weight[: self.shape.sayable], self.bias)

    def log_probabilities(self, tokens: Any, source: Any = None) -> Any:
        """[N, T, sayable] of what follows each, in prediction."""
        was = self.training
        self.eval()
        with torch.inference_mode():
            seen = (None, None) if source is None else self.memory(source)
            told = log_softmax(self.scores(self.said(tokens, *seen)), dim=-1)
        self.train(was)
        return told

    def weights(self) -> Weights:
        return {name: np.array(w.detach().cpu().numpy()) for name, w in self.state_dict().items()}
