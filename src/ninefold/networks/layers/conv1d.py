"""The same small window of weights over all places of a sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import const, op
from ninefold.networks.layer import Dims, Flow, Layer, Weights


@dataclass(frozen=True)
class Conv1d(Layer):
    """[N, T, C] to [N, T, channels]; the window is odd. Padding counts as 0, so that it does not change an answer.
    ``causal``: a place sees itself and those before it alone."""

    channels: int
    window: int = 3
    dilation: int = 1
    bias: bool = True
    causal: bool = False

    @property
    def _pads(self) -> tuple[int, int]:
        reach = (self.window - 1) * self.dilation
        return (reach, 0) if self.causal else (reach // 2, reach // 2)

    def shape(self, shape: Dims) -> Dims:
        return shape[0], self.channels

    def module(self, shape: Dims) -> Any:
        from torch import nn

        return nn.Conv1d(shape[1], self.channels, self.window, dilation=self.dilation, bias=self.bias)

    def forward(self, module: Any, flow: Flow) -> Flow:
        from torch.nn.functional import pad

        values = flow.values if flow.mask is None else flow.values * flow.mask[:, :, None]
        return flow.of(module(pad(values.transpose(1, 2), self._pads)).transpose(1, 2))

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        values = flow.values
        if flow.mask is not None:
            there = op.unsqueeze(op.cast(flow.mask, to=np.float32), const([2], np.int64))
            values = op.mul(values, there)
        said = op.conv(
            op.transpose(values, perm=[0, 2, 1]),
            weights.var("weight"),
            weights.var("bias") if weights.has("bias") else None,
            kernel_shape=[self.window],
            pads=list(self._pads),
            dilations=[self.dilation],
        )
        return flow.of(op.transpose(said, perm=[0, 2, 1]))

    def absorbed(self, weights: Weights, scale: Array, shift: Array) -> Weights:
        bias = weights.array("bias") if weights.has("bias") else 0.0
        return weights.with_(weight=weights.array("weight") * scale[:, None, None], bias=bias * scale + shift)
