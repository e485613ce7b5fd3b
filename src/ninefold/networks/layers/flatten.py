"""All numbers of a row in one line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ninefold.forms.onnx import op
from ninefold.networks.layer import Dims, Flow, Layer, Weights


@dataclass(frozen=True)
class Flatten(Layer):
    """[N, ...] to [N, D]."""

    def shape(self, shape: Dims) -> Dims:
        return (math.prod(shape),)

    def module(self, shape: Dims) -> Any:
        from torch import nn

        return nn.Flatten()

    def forward(self, module: Any, flow: Flow) -> Flow:
        return Flow(module(flow.values))

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        return Flow(op.flatten(flow.values, axis=1))
