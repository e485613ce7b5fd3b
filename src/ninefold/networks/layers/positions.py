"""Where in the sequence a place is, added to what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import const, op
from ninefold.networks.layer import Dims, Flow, Layer, Weights


@dataclass(frozen=True)
class Positions(Layer):
    """[N, T, C] to the same, T at most ``longest``: plus waves of C / 2 lengths (Vaswani and others 2017), or plus a
    learned vector for each place."""

    longest: int
    kind: Literal["waves", "learned"] = "waves"

    def module(self, shape: Dims) -> Any:
        import torch

        if self.kind == "learned":
            made = torch.nn.Embedding(self.longest, shape[-1])
            torch.nn.init.normal_(made.weight, std=0.02)
            return made
        held = torch.nn.Module()
        held.register_buffer("weight", torch.from_numpy(waves(self.longest, shape[-1])), persistent=False)
        return held

    def forward(self, module: Any, flow: Flow) -> Flow:
        return flow.of(flow.values + module.weight[: flow.values.shape[1]])

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        if self.kind == "learned":
            table = weights.var("weight", 1)
        else:
            table = const(waves(self.longest, flow.values.type.shape[-1]), np.float32)
        length = op.shape(flow.values, start=1, end=2)
        return flow.of(op.add(flow.values, op.slice(table, const([0], np.int64), length)))


def waves(longest: int, width: int) -> Array:
    """[longest, width]: sines and cosines side by side, the longest wave 10,000 times the shortest."""
    rate = 10_000.0 ** (-np.arange(0, width, 2) / width)
    angle = np.arange(longest)[:, None] * rate
    return np.stack([np.sin(angle), np.cos(angle)], axis=2).reshape(longest, -1)[:, :width].astype(np.float32)
