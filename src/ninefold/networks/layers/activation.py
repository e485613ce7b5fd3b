"""The bend between two layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ninefold.forms.onnx import op
from ninefold.networks.layer import Dims, Flow, Layer, Weights

Bend = Literal["relu", "sigmoid", "tanh", "gelu"]


@dataclass(frozen=True)
class Activation(Layer):
    """Of each number: max(x, 0); 1 / (1 + exp(-x)); tanh x; x times the normal distribution function at x (Hendrycks
    and Gimpel 2016)."""

    kind: Bend = "relu"

    def module(self, shape: Dims) -> Any:
        from torch import nn

        return {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "gelu": nn.GELU}[self.kind]()

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        bend = {"relu": op.relu, "sigmoid": op.sigmoid, "tanh": op.tanh, "gelu": op.gelu}[self.kind]
        return flow.of(bend(flow.values))
