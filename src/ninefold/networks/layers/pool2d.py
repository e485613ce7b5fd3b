"""The largest or the mean of a window of an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ninefold.forms.onnx import op
from ninefold.networks.layer import Dims, Flow, Layer, Weights


@dataclass(frozen=True)
class Pool2d(Layer):
    """[N, C, H, W] to [N, C, H / window, W / window], rounded down."""

    kind: Literal["max", "mean"] = "max"
    window: int = 2

    def shape(self, shape: Dims) -> Dims:
        return (shape[0], *(side // self.window for side in shape[1:]))

    def module(self, shape: Dims) -> Any:
        from torch import nn

        return nn.MaxPool2d(self.window) if self.kind == "max" else nn.AvgPool2d(self.window)

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        window = [self.window] * 2
        if self.kind == "max":
            return flow.of(op.max_pool(flow.values, kernel_shape=window, strides=window)[0])
        return flow.of(op.average_pool(flow.values, kernel_shape=window, strides=window))
