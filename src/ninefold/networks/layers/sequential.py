"""One layer after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ninefold.networks.layer import Dims, Flow, Layer, Weights
from ninefold.networks.layers.batch_norm import BatchNorm


@dataclass(frozen=True)
class Sequential(Layer):
    """Layers in order. In the graph, a batch norm becomes part of the layer before it where that can take it in."""

    layers: tuple[Layer, ...]

    def shape(self, shape: Dims) -> Dims:
        for layer in self.layers:
            shape = layer.shape(shape)
        return shape

    def module(self, shape: Dims) -> Any:
        from torch import nn

        made = []
        for layer in self.layers:
            made.append(layer.module(shape))
            shape = layer.shape(shape)
        return nn.ModuleList(made)

    def forward(self, module: Any, flow: Flow) -> Flow:
        for layer, part in zip(self.layers, module, strict=True):
            flow = layer.forward(part, flow)
        return flow

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        taken_in = False
        for place, layer in enumerate(self.layers):
            held, following = weights.under(place), self.layers[place + 1 : place + 2]
            if taken_in:
                taken_in = False
                continue
            if following and isinstance(following[0], BatchNorm):
                folded = layer.absorbed(held, *following[0].scaling(weights.under(place + 1)))
                held, taken_in = folded or held, folded is not None
            flow = layer.nodes(held, flow)
        return flow
