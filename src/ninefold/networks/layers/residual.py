"""What a layer adds to what it is given (He and others 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ninefold.forms.onnx import op
from ninefold.networks.layer import Dims, Flow, Layer, Weights


@dataclass(frozen=True)
class Residual(Layer):
    """x + inner(x); where ``inner`` changes the shape, ``way(x) + inner(x)``."""

    inner: Layer
    way: Layer | None = None

    def shape(self, shape: Dims) -> Dims:
        return self.inner.shape(shape)

    def module(self, shape: Dims) -> Any:
        from torch import nn

        made = nn.ModuleDict({"inner": self.inner.module(shape)})
        if self.way is not None:
            made["way"] = self.way.module(shape)
        return made

    def forward(self, module: Any, flow: Flow) -> Flow:
        said = self.inner.forward(module["inner"], flow)
        kept = flow if self.way is None else self.way.forward(module["way"], flow)
        return said.of(kept.values + said.values)

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        said = self.inner.nodes(weights.under("inner"), flow)
        kept = flow if self.way is None else self.way.nodes(weights.under("way"), flow)
        return said.of(op.add(kept.values, said.values))
