"""Each place looks at the places of another sequence and takes from those that matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.forms.onnx import const, op
from ninefold.networks.layer import Dims, Flow, Layer, Weights
from ninefold.networks.layers.attention import attended, attention_map, attention_nodes, looked


@dataclass(frozen=True)
class CrossAttention(Layer):
    """[N, T, C] with a memory [N, S, C] to [N, T, C]; ``heads`` divides C."""

    heads: int
    dropout: float = 0.0

    def module(self, shape: Dims) -> Any:
        from torch import nn

        return nn.MultiheadAttention(shape[-1], self.heads, dropout=self.dropout, batch_first=True)

    def forward(self, module: Any, flow: Flow) -> Flow:
        seen = looked(module, flow.values, flow.memory)
        return flow.of(attended(module, *seen, allowed=_allowed(flow)))

    def map(self, module: Any, flow: Flow) -> Any:
        """[N, heads, T, S]: how much each place takes from each place of the memory."""
        queries, keys, _ = looked(module, flow.values, flow.memory)
        return attention_map(queries, keys, _allowed(flow))

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        mask = flow.memory_mask
        allowed = None if mask is None else op.unsqueeze(mask, const([1, 2], np.int64))
        return flow.of(attention_nodes(weights, flow.values, flow.memory, allowed, self.heads))


def _allowed(flow: Flow) -> Any:
    return None if flow.memory_mask is None else flow.memory_mask[:, None, None, :]
