"""The same small window of weights over all places of an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ninefold.core.table import Array
from ninefold.forms.onnx import op
from ninefold.networks.layer import Dims, Flow, Layer, Weights


@dataclass(frozen=True)
class Conv2d(Layer):
    """[N, C, H, W] to [N, channels, H', W']; ``padding`` None keeps H and W for an odd window and stride 1."""

    channels: int
    window: int = 3
    stride: int = 1
    padding: int | None = None
    groups: int = 1
    bias: bool = True

    @property
    def _pad(self) -> int:
        return self.window // 2 if self.padding is None else self.padding

    def shape(self, shape: Dims) -> Dims:
        return (self.channels, *((side + 2 * self._pad - self.window) // self.stride + 1 for side in shape[1:]))

    def module(self, shape: Dims) -> Any:
        from torch import nn

        return nn.Conv2d(
            shape[0], self.channels, self.window, self.stride, self._pad, groups=self.groups, bias=self.bias
        )

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        bias = weights.var("bias") if weights.has("bias") else None
        return flow.of(
            op.conv(
                flow.values,
                weights.var("weight"),
                bias,
                kernel_shape=[self.window] * 2,
                pads=[self._pad] * 4,
                strides=[self.stride] * 2,
                group=self.groups,
            )
        )

    def absorbed(self, weights: Weights, scale: Array, shift: Array) -> Weights:
        bias = weights.array("bias") if weights.has("bias") else 0.0
        return weights.with_(weight=weights.array("weight") * scale[:, None, None, None], bias=bias * scale + shift)
