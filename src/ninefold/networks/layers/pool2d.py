"""The largest or the mean of a window of an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ninefold.forms.onnx import op
from ninefold.networks.layer import Dims, Flow, Layer, Weights


@dataclass(frozen=True)
class Pool2d(Layer):
    """[N, C, H, W] to [N, C, H', W'], rounded down; ``stride`` 0 is that of windows side by side. ``padding`` widens
    the image to each side, by what is never the largest, or by zeros that count in the mean."""

    kind: Literal["max", "mean"] = "max"
    window: int = 2
    stride: int = 0
    padding: int = 0

    @property
    def _step(self) -> int:
        return self.stride or self.window

    def shape(self, shape: Dims) -> Dims:
        return (shape[0], *((side + 2 * self.padding - self.window) // self._step + 1 for side in shape[1:]))

    def module(self, shape: Dims) -> Any:
        from torch import nn

        return (nn.MaxPool2d if self.kind == "max" else nn.AvgPool2d)(self.window, self._step, self.padding)

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        window, steps, pads = [self.window] * 2, [self._step] * 2, [self.padding] * 4
        if self.kind == "max":
            return flow.of(op.max_pool(flow.values, kernel_shape=window, strides=steps, pads=pads)[0])
        return flow.of(op.average_pool(flow.values, kernel_shape=window, strides=steps, pads=pads, count_include_pad=1))
