"""Each channel brought to mean 0 and spread 1 over the batch (Ioffe and Szegedy 2015)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import const, op
from ninefold.networks.layer import Dims, Flow, Layer, Weights

SMALL = 1e-5


@dataclass(frozen=True)
class BatchNorm(Layer):
    """[N, D], [N, C, H, W] per channel C, or [N, T, C] per channel C. In prediction a fixed scale and shift, which the
    layer before takes in where it can."""

    momentum: float = 0.1

    def module(self, shape: Dims) -> Any:
        from torch import nn

        if len(shape) == 3:
            return nn.BatchNorm2d(shape[0], SMALL, self.momentum)
        return nn.BatchNorm1d(shape[-1], SMALL, self.momentum)

    def forward(self, module: Any, flow: Flow) -> Flow:
        if flow.values.dim() != 3:
            return flow.of(module(flow.values))
        return flow.of(module(flow.values.transpose(1, 2)).transpose(1, 2))

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        scale, shift = self.scaling(weights)
        if len(flow.values.type.shape) == 4:
            scale, shift = scale[:, None, None], shift[:, None, None]
        return flow.of(op.add(op.mul(flow.values, const(scale, np.float32)), const(shift, np.float32)))

    def scaling(self, weights: Weights) -> tuple[Array, Array]:
        """Scale and shift [C] that it comes to in prediction."""
        scale = weights.array("weight") / np.sqrt(weights.array("running_var").astype(np.float64) + SMALL)
        return scale, weights.array("bias") - weights.array("running_mean") * scale
