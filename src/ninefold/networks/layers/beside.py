"""Several layers over the same values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ninefold.forms.onnx import op
from ninefold.networks.layer import Dims, Flow, Layer, Weights


@dataclass(frozen=True)
class Beside(Layer):
    """What each of the layers gives, side by side along the last axis."""

    layers: tuple[Layer, ...]

    def shape(self, shape: Dims) -> Dims:
        given = [layer.shape(shape) for layer in self.layers]
        return (*given[0][:-1], sum(dims[-1] for dims in given))

    def module(self, shape: Dims) -> Any:
        from torch import nn

        return nn.ModuleList([layer.module(shape) for layer in self.layers])

    def forward(self, module: Any, flow: Flow) -> Flow:
        import torch

        said = [layer.forward(part, flow) for layer, part in zip(self.layers, module, strict=True)]
        return said[0].of(torch.cat([each.values for each in said], -1))

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        said = [layer.nodes(weights.under(place), flow) for place, layer in enumerate(self.layers)]
        return said[0].of(op.concat([each.values for each in said], axis=-1))
