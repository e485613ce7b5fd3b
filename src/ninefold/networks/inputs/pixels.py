"""Images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op
from ninefold.networks.layer import Dims, Flow


@dataclass(frozen=True)
class Pixels:
    """The view ``pixels``: uint8 [N, H x W x C], given as [N, C, H, W], less ``mean`` and by ``spread`` of each
    channel, both on the scale 0 to 255."""

    height: int
    width: int
    channels: int
    mean: tuple[float, ...]
    spread: tuple[float, ...]

    @classmethod
    def of(cls, x: Array, shape: Dims) -> Pixels:
        """As training rows [N, H x W x C] of ``shape`` (H, W, C) have it; a channel that is one value is not scaled."""
        channels = np.moveaxis(x.reshape(len(x), -1, shape[2]), 2, 0)
        spread = [float(c.std()) for c in channels]
        return cls(
            shape[0],
            shape[1],
            shape[2],
            tuple(float(c.mean()) for c in channels),
            tuple(s if s > 0 else 1.0 for s in spread),
        )

    @property
    def shape(self) -> Dims:
        return self.channels, self.height, self.width

    def held(self, x: Array) -> Any:
        import torch

        images = x.astype(np.uint8, copy=False).reshape(-1, self.height, self.width, self.channels)
        return torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2)))

    def forward(self, rows: Any) -> Flow:
        """uint8 or, where a batch was augmented in floats, float32 [N, C, H, W] on the scale 0 to 255."""
        import torch

        mean, spread = (_of_channels(each, rows.device) for each in (self.mean, self.spread))
        return Flow(((rows.float() - mean) / spread).contiguous(memory_format=torch.channels_last))

    def nodes(self, x: Var) -> Flow:
        shape = const([-1, self.height, self.width, self.channels], np.int64)
        images = op.transpose(op.reshape(op.cast(x, to=np.float32), shape), perm=[0, 3, 1, 2])
        mean, spread = (const(np.reshape(v, (-1, 1, 1)), np.float32) for v in (self.mean, self.spread))
        return Flow(op.div(op.sub(images, mean), spread))


@lru_cache(maxsize=64)
def _of_channels(values: tuple[float, ...], device: Any) -> Any:
    """[C, 1, 1] on the device, once: a copy to a GPU for each batch would stop what it does. Learning may use what was
    first asked for in prediction, so that it is an ordinary tensor there, too."""
    import torch

    with torch.inference_mode(mode=False):
        return torch.tensor(values, dtype=torch.float32, device=device)[:, None, None]
