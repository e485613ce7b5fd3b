"""A weighted sum of all inputs for each unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ninefold.core.table import Array
from ninefold.forms.onnx import op
from ninefold.networks.layer import Dims, Flow, Layer, Weights

Start = Literal["torch", "he", "xavier"]


@dataclass(frozen=True)
class Dense(Layer):
    """[..., D] to [..., units]. ``start``: how its first weights are drawn: torch's own way, He's (2015, for ReLU) or
    Glorot's (2010, for sigmoid and tanh)."""

    units: int
    bias: bool = True
    start: Start = "torch"

    def shape(self, shape: Dims) -> Dims:
        return (*shape[:-1], self.units)

    def module(self, shape: Dims) -> Any:
        from torch import nn

        made = nn.Linear(shape[-1], self.units, bias=self.bias)
        if self.start == "torch":
            return made
        draw = nn.init.kaiming_normal_ if self.start == "he" else nn.init.xavier_uniform_
        draw(made.weight)
        if self.bias:
            nn.init.zeros_(made.bias)
        return made

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        sums = weights.product(flow.values, "weight")
        return flow.of(op.add(sums, weights.var("bias")) if weights.has("bias") else sums)

    def absorbed(self, weights: Weights, scale: Array, shift: Array) -> Weights:
        bias = weights.array("bias") if weights.has("bias") else 0.0
        return weights.with_(weight=weights.array("weight") * scale[:, None], bias=bias * scale + shift)
