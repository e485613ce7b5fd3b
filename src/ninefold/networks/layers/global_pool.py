"""One number per channel for a whole image or sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ninefold.forms.onnx import const, op
from ninefold.networks.layer import Dims, Flow, Layer, Weights


@dataclass(frozen=True)
class GlobalPool(Layer):
    """[N, C, H, W] or [N, T, C] to [N, C]: the mean or the largest over all places, of sequences over those that the
    mask has; or, of sequences, the ``first`` or the ``last`` of those."""

    kind: Literal["mean", "max", "first", "last"] = "mean"

    def shape(self, shape: Dims) -> Dims:
        return (shape[0] if len(shape) == 3 else shape[-1],)

    def module(self, shape: Dims) -> Any:
        from torch import nn

        return nn.Identity()

    def forward(self, module: Any, flow: Flow) -> Flow:
        import torch

        x = flow.values
        if x.dim() == 4:
            return Flow(x.mean((2, 3)) if self.kind == "mean" else x.amax((2, 3)))
        mask = torch.ones(x.shape[:2], dtype=torch.bool, device=x.device) if flow.mask is None else flow.mask
        if self.kind == "mean":
            return Flow((x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True))
        if self.kind == "max":
            return Flow(x.masked_fill(~mask[:, :, None], -torch.inf).amax(1))
        places = torch.arange(x.shape[1], device=x.device)
        place = mask.int().argmax(1) if self.kind == "first" else (mask * places).argmax(1)
        return Flow(x[torch.arange(len(x), device=x.device), place])

    def nodes(self, weights: Weights, flow: Flow) -> Flow:
        x, rank = flow.values, len(flow.values.type.shape)
        axes = const([2, 3] if rank == 4 else [1], np.int64)
        if rank == 4 or (flow.mask is None and self.kind in {"mean", "max"}):
            return Flow((op.reduce_mean if self.kind == "mean" else op.reduce_max)(x, axes, keepdims=False))
        if flow.mask is None:
            return Flow(op.gather(x, const(0 if self.kind == "first" else -1, np.int64), axis=1))
        there = op.unsqueeze(op.cast(flow.mask, to=np.float32), const([2], np.int64))
        if self.kind == "mean":
            total = op.reduce_sum(op.mul(x, there), axes, keepdims=False)
            return Flow(op.div(total, op.reduce_sum(there, axes, keepdims=False)))
        if self.kind == "max":
            hidden = op.where(op.cast(there, to=np.bool_), x, const(-np.inf, np.float32))
            return Flow(op.reduce_max(hidden, axes, keepdims=False))
        return Flow(_picked(x, flow.mask, self.kind))


def _picked(x: Any, mask: Any, kind: str) -> Any:
    """The values [N, C] of the first or last place [N] that the mask has."""
    seen = op.cast(mask, to=np.float32)
    place = op.arg_max(seen, axis=1, keepdims=False, select_last_index=kind == "last")
    places = op.range(const(0, np.int64), op.squeeze(op.shape(seen, start=1)), const(1, np.int64))
    chosen = op.equal(op.unsqueeze(place, const([1], np.int64)), places)  # a gather by pairs has no bound
    there = op.where(op.unsqueeze(chosen, const([2], np.int64)), x, const(0.0, np.float32))
    return op.reduce_sum(there, const([1], np.int64), keepdims=False)
