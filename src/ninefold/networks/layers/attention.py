"""Each place looks at all others and takes from those that matter (Vaswani and others 2017)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.forms.onnx import Var, const, op
from ninefold.networks.layer import Dims, Flow, Layer, Weights

HIDDEN = -1e9
"""What is added to the score of a place that may not be seen."""


@dataclass(frozen=True)
class Attention(Layer):
    """Self-attention with several heads: [N, T, C] to the same; ``heads`` divides C. ``causal``: a place sees itself
    and those before it alone. Its module is ``torch.nn.MultiheadAttention``."""

    heads: int
    causal: bool = False
    dropout: float = 0.0

    def module(self, shape: Dims) -> Any:
        from torch import nn

        return nn.MultiheadAttention(shape[-1], self.heads, dropout=self.dropout, batch_first=True)

    def forward(self, module: Any, flow: Flow) -> Flow:
        seen = looked(module, flow.values, flow.values)
        return flow.of(attended(module, *seen, allowed=self._allowed(flow)))

    def map(self, module: Any, flow: Flow) -> Any:
        """[N, heads, T, T]: how much each place takes from each."""
        queries, keys, _ = looked(module, flow.values, flow.values)
        return attention_map(queries, keys, self._allowed(flow))

    def _allowed(self, flow: Flow) -> Any:
        """[N or 1, 1, T, T]: True where the place of the row may look at that of the column; None where all may."""
        import torch

        length, device = flow.values.shape[1], flow.values.device
        allowed = None if flow.mask is None else flow.mask[:, None, None, :]
        if not self.causal:
            return allowed
        before = torch.ones(length, length, dtype=torch.bool, device=device).tril()[None, None]
        return before if allowed is None else before & allowed

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        allowed = self._allowed_nodes(flow)
        return flow.of(attention_nodes(weights, flow.values, flow.values, allowed, self.heads))

    def map_nodes(self, weights: Weights, flow: Flow) -> Var:
        """What `map` gives, as nodes."""
        queries, keys, _ = looked_nodes(weights, flow.values, flow.values, self.heads)
        return attention_map_nodes(queries, keys, self._allowed_nodes(flow), width_of(weights) // self.heads)

    def _allowed_nodes(self, flow: Flow) -> Var | None:
        allowed: Var | None = None if flow.mask is None else op.unsqueeze(flow.mask, const([1, 2], np.int64))
        if not self.causal:
            return allowed
        length = op.squeeze(op.shape(flow.values, start=1, end=2))
        places = op.range(const(0, np.int64), length, const(1, np.int64))
        before = op.greater_or_equal(op.unsqueeze(places, const([1], np.int64)), places)
        return before if allowed is None else op.and_(before, allowed)


def looked(module: Any, asking: Any, seen: Any) -> tuple[Any, Any, Any]:
    """Queries [N, heads, T, C / heads] of what asks, keys and values [N, heads, S, C / heads] of what is seen."""
    from torch.nn.functional import linear

    width, heads = module.embed_dim, module.num_heads
    weight, bias = module.in_proj_weight, module.in_proj_bias
    if asking is seen:
        three = linear(asking, weight, bias).chunk(3, -1)
    else:
        asked = linear(asking, weight[:width], bias[:width])
        three = (asked, *linear(seen, weight[width:], bias[width:]).chunk(2, -1))
    queries, keys, values = (v.unflatten(-1, (heads, -1)).transpose(1, 2) for v in three)
    return queries, keys, values


def attended(module: Any, queries: Any, keys: Any, values: Any, *, allowed: Any) -> Any:
    """[N, T, C]: what each place takes from those that it may look at."""
    from torch.nn.functional import scaled_dot_product_attention

    dropout = module.dropout if module.training else 0.0
    taken = scaled_dot_product_attention(queries, keys, values, attn_mask=allowed, dropout_p=dropout)
    return module.out_proj(taken.transpose(1, 2).flatten(2))


def attention_map(queries: Any, keys: Any, allowed: Any) -> Any:
    """[N, heads, T, S]: softmax of queries times keys by the root of their length."""
    scores = queries @ keys.transpose(-1, -2) / queries.shape[-1] ** 0.5
    return (scores if allowed is None else scores.masked_fill(~allowed, HIDDEN)).softmax(-1)


def attention_nodes(weights: Weights, asking: Var, seen: Var, allowed: Var | None, heads: int) -> Var:
    """The same as nodes, with what is taken from each place; ``allowed`` broadcasts to [N, heads, T, S]."""
    queries, keys, values = looked_nodes(weights, asking, seen, heads)
    width = width_of(weights)
    shares = attention_map_nodes(queries, keys, allowed, width // heads)
    taken = op.matmul(shares, op.transpose(values, perm=[0, 2, 1, 3]))
    flat = op.reshape(op.transpose(taken, perm=[0, 2, 1, 3]), const([0, 0, width], np.int64))
    out = weights.under("out_proj")
    return op.add(out.product(flat, "weight"), out.var("bias"))


def looked_nodes(weights: Weights, asking: Var, seen: Var, heads: int) -> tuple[Var, Var, Var]:
    """Queries [N, T, heads, C / heads] of what asks, keys and values [N, S, heads, C / heads] of what is seen."""
    bias, width = np.split(weights.array("in_proj_bias"), 3), width_of(weights)
    queries, keys, values = (
        op.reshape(
            op.add(weights.product(x, "in_proj_weight", slice(i * width, (i + 1) * width)), const(b, np.float32)),
            const([0, 0, heads, width // heads], np.int64),
        )
        for i, (x, b) in enumerate(zip((asking, seen, seen), bias, strict=True))
    )
    return queries, keys, values


def width_of(weights: Weights) -> int:
    """Numbers that stand for a place."""
    return len(weights.array("in_proj_bias")) // 3


def attention_map_nodes(queries: Var, keys: Var, allowed: Var | None, size: int) -> Var:
    """What `attention_map` gives, [N, heads, T, S], of what `looked_nodes` gives; ``size`` is that of a head."""
    across = op.matmul(op.transpose(queries, perm=[0, 2, 1, 3]), op.transpose(keys, perm=[0, 2, 3, 1]))
    scores = op.div(across, const(size**0.5, np.float32))
    if allowed is not None:
        scores = op.where(allowed, scores, const(HIDDEN, np.float32))
    return op.softmax(scores, axis=-1)
