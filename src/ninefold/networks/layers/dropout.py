"""Units left out at random in training (Srivastava and others 2014)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ninefold.networks.layer import Dims, Flow, Layer, Weights


@dataclass(frozen=True)
class Dropout(Layer):
    """Each number is 0 with probability ``share`` in training, the others grow by 1 / (1 - share); nothing else after.
    ``whole``: channels of [N, C, H, W] are left out as wholes."""

    share: float = 0.1
    whole: bool = False

    def module(self, shape: Dims) -> Any:
        from torch import nn

        return nn.Dropout2d(self.share) if self.whole else nn.Dropout(self.share)

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        return flow
