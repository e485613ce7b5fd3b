"""Grey images for layers that know colours, and the other way round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.forms.onnx import const, op
from ninefold.networks.layer import Dims, Flow, Layer, Weights


@dataclass(frozen=True)
class Recolour(Layer):
    """[N, C, H, W] to [N, channels, H, W]: one channel is repeated; of several, the mean is taken and repeated."""

    channels: int

    def shape(self, shape: Dims) -> Dims:
        return (self.channels, *shape[1:])

    def module(self, shape: Dims) -> Any:
        from torch import nn

        return nn.Identity()

    def forward(self, module: Any, flow: Flow) -> Flow:
        return flow.of(flow.values.mean(1, keepdim=True).repeat(1, self.channels, 1, 1))

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        grey = op.reduce_mean(flow.values, const([1], np.int64), keepdims=True)
        return flow.of(op.concat([grey] * self.channels, axis=1))
