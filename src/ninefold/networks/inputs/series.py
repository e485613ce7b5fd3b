"""Series of measurements."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op
from ninefold.networks.inputs.columns import FAR
from ninefold.networks.layer import Dims, Flow


@dataclass(frozen=True)
class Series:
    """The view ``series``: float64 [N, length x channels], NaN where there is nothing, given as [N, length, channels],
    scaled per channel, 0 for NaN. The mask is True where any channel has a value; a series without any has its first
    place."""

    length: int
    channels: int
    mean: tuple[float, ...]
    spread: tuple[float, ...]

    @classmethod
    def of(cls, x: Array, shape: Dims) -> Series:
        """As training rows [N, T x C] of ``shape`` (T, C) have it."""
        channels = x.reshape(-1, shape[1])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a channel without any value
            mean, spread = np.nanmean(channels, axis=0), np.nanstd(channels, axis=0)
        scaled = np.where(spread > 0, spread, 1.0)
        return cls(
            shape[0], shape[1], tuple(np.nan_to_num(mean).tolist()), tuple(np.nan_to_num(scaled, nan=1.0).tolist())
        )

    @property
    def shape(self) -> Dims:
        return self.length, self.channels

    def held(self, x: Array) -> Any:
        import torch

        # Scaled in double precision: a small wave on a large level would be lost in single.
        scaled = (x.reshape(-1, self.length, self.channels) - self.mean) / self.spread
        return torch.from_numpy(np.clip(scaled, -FAR, FAR).astype(np.float32))

    def forward(self, rows: Any) -> Flow:
        mask = (~rows.isnan()).any(2)
        mask[:, 0] |= ~mask.any(1)
        return Flow(rows.nan_to_num(0.0), mask)

    def nodes(self, x: Var) -> Flow:
        shape = const([-1, self.length, self.channels], np.int64)
        raw = op.reshape(op.cast(x, to=np.float64), shape)
        missing = op.isnan(raw)
        scaled = op.div(op.sub(raw, const(self.mean)), const(self.spread))
        near = op.min([op.max([op.where(missing, const(0.0), scaled), const(-FAR)]), const(FAR)])
        values = op.cast(near, to=np.float32)
        there = op.cast(op.not_(missing), to=np.int64)
        mask = op.greater(op.reduce_max(there, const([2], np.int64), keepdims=False), const(0, np.int64))
        first = const(np.arange(self.length) == 0, np.bool_)
        none = op.equal(
            op.reduce_max(op.cast(mask, to=np.int64), const([1], np.int64), keepdims=True), const(0, np.int64)
        )
        return Flow(values, op.or_(mask, op.and_(none, first)))
