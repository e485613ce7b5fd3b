"""A learned vector for each word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ninefold.forms.onnx import op
from ninefold.networks.layer import Dims, Flow, Layer, Weights


@dataclass(frozen=True)
class Embedding(Layer):
    """[N, T] words 0 to ``words`` - 1 to [N, T, width]; word 0, padding, is the vector 0 and stays it. ``spread`` is
    that of the first weights: small ones are soon forgotten for what the words say."""

    words: int
    width: int
    spread: float = 1.0

    def shape(self, shape: Dims) -> Dims:
        return (*shape, self.width)

    def module(self, shape: Dims) -> Any:
        from torch import nn

        made = nn.Embedding(self.words, self.width, padding_idx=0)
        made.weight.data *= self.spread
        return made

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        return flow.of(op.gather(weights.var("weight", 1), flow.values, axis=0))
