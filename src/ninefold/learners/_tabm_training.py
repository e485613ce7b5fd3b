"""What TabM's network learns from. Loads torch: import this inside functions only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ninefold.core.table import Array
from ninefold.forms.tabm.modules import Network
from ninefold.networks.training.lesson import even, parts


@dataclass(frozen=True, eq=False)
class Members:
    """``x`` [N, D] float32; ``y`` [N]: class codes (int64) where ``classes``, or shares of them [N, S] (float32),
    else values (float32). Members learn beside each other, not as a team: a batch's loss is the mean over members of
    each one's own.

    Called, it gives log-loss or mean squared error of the mean of the members."""

    network: Network
    x: Any
    y: Any
    classes: bool

    @classmethod
    def of(cls, network: Network, x: Array, y: Array, *, classes: bool) -> Members:
        return cls(network, torch.from_numpy(np.asarray(x, np.float32)), torch.from_numpy(y), classes)

    def batches(self, size: int) -> Iterable[Any]:
        drawn: Iterable[Any] = even(len(self.x), size)
        return drawn

    def count(self, size: int) -> int:
        return parts(len(self.x), size)

    def loss(self, chosen: Any) -> Any:
        scores = self.network.scores(self.x[chosen])
        if self.classes:
            wanted = self.y[chosen].repeat_interleave(scores.shape[1], dim=0)
            return torch.nn.functional.cross_entropy(scores.flatten(0, 1), wanted)
        return ((scores[:, :, 0] - self.y[chosen]) ** 2).mean()

    def told(self) -> Iterable[Any]:
        return self.x, self.y

    def __call__(self) -> dict[str, float]:
        said = self.network.mean(self.x, softmax=self.classes)
        if self.classes:
            return {"loss": float(-said[torch.arange(len(self.y)), self.y].clamp_min(1e-15).log().mean())}
        return {"loss": float(((said - self.y) ** 2).mean())}
