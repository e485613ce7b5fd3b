"""The numbers of each place brought to mean 0 and spread 1 (Ba, Kiros and Hinton 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ninefold.forms.onnx import op
from ninefold.networks.layer import Dims, Flow, Layer, Weights

SMALL = 1e-5


@dataclass(frozen=True)
class LayerNorm(Layer):
    """[..., D] to the same."""

    def module(self, shape: Dims) -> Any:
        from torch import nn

        return nn.LayerNorm(shape[-1], SMALL)

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        normed, _, _ = op.layer_normalization(
            flow.values, weights.var("weight"), weights.var("bias"), axis=-1, epsilon=SMALL
        )
        return flow.of(normed)
