"""How TabM's network is trained. Loads torch: import this inside functions only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch.optim.adamw import adamw

from ninefold.core.clock import Clock
from ninefold.core.table import Array
from ninefold.forms.tabm.modules import Network

BETAS, SMOOTHING = (0.9, 0.999), 1e-8


@dataclass(frozen=True, eq=False)
class Rows:
    """``x`` [N, D] float32; ``y`` [N]: class codes (int64) where ``classes``, or shares of them [N, S] (float32), else
    values (float32)."""

    x: Any
    y: Any
    classes: bool

    @classmethod
    def of(cls, x: Array, y: Array, *, classes: bool) -> Rows:
        kind = np.int64 if classes and y.ndim == 1 else np.float32
        return cls(torch.tensor(np.asarray(x, np.float32)), torch.tensor(np.asarray(y, kind)), classes)

    def members_loss(self, network: Network, rows: Any) -> Any:
        """The mean over members of each one's own loss: they learn beside each other, not as a team."""
        scores = network.scores(self.x[rows])
        if self.classes:
            wanted = self.y[rows].repeat_interleave(scores.shape[1], dim=0)
            return torch.nn.functional.cross_entropy(scores.flatten(0, 1), wanted)
        return ((scores[:, :, 0] - self.y[rows, None]) ** 2).mean()

    def loss(self, network: Network) -> float:
        """Log-loss or mean squared error of the mean of the members."""
        said = network.mean(self.x, softmax=self.classes)
        if self.classes:
            return float(-said[torch.arange(len(self.y)), self.y].clamp_min(1e-15).log().mean())
        return float(((said[:, 0] - self.y) ** 2).mean())


@dataclass(eq=False)
class Optimiser:
    """AdamW (Loshchilov and Hutter 2019) by torch's own function. The class around it, ``torch.optim.AdamW``, imports
    torch's compiler, which takes longer than many a fit."""

    parameters: list[Any]
    learning_rate: float
    decay: float
    means: list[Any] = field(init=False)
    squares: list[Any] = field(init=False)
    steps: list[Any] = field(init=False)

    def __post_init__(self) -> None:
        self.means = [torch.zeros_like(p) for p in self.parameters]
        self.squares = [torch.zeros_like(p) for p in self.parameters]
        self.steps = [torch.zeros(()) for _ in self.parameters]

    def step(self, loss: Any) -> None:
        """Move the parameters against the gradient of ``loss``."""
        gradients = list(torch.autograd.grad(loss, self.parameters))
        with torch.no_grad():
            adamw(
                self.parameters,
                gradients,
                self.means,
                self.squares,
                [],
                self.steps,
                foreach=False,
                fused=True,
                amsgrad=False,
                beta1=BETAS[0],
                beta2=BETAS[1],
                lr=self.learning_rate,
                weight_decay=self.decay,
                eps=SMOOTHING,
                maximize=False,
            )


@dataclass(eq=False)
class Best:
    """The epoch of the lowest stopping loss so far, and the weights it left."""

    patience: int
    epoch: int = 0
    loss: float = np.inf
    weights: tuple[tuple[str, Array], ...] = ()

    def see(self, epoch: int, loss: float, network: Network) -> None:
        if self.epoch == 0 or loss < self.loss:
            self.epoch, self.loss, self.weights = epoch, loss, network.weights()

    def is_stale(self, epoch: int) -> bool:
        return self.epoch > 0 and epoch - self.epoch >= self.patience


def train(
    network: Network,
    optimiser: Optimiser,
    rows: Rows,
    stop: Rows | None,
    *,
    epochs: int,
    batch: int,
    patience: int,
    clock: Clock,
) -> int:
    """Go over ``rows`` up to ``epochs`` times; returns how many times the weights now in ``network`` saw them.

    With rows to ``stop`` on these are the weights of the epoch with the lowest loss there, and ``patience`` epochs
    without a lower one end it. The clock is looked at after every batch.
    """
    best, epoch = Best(patience), 0
    while epoch < epochs and not best.is_stale(epoch):
        epoch += 1
        _one_epoch(network, optimiser, rows, batch, clock)
        if stop is not None:
            best.see(epoch, stop.loss(network), network)
        if clock.left <= 0:
            break
    network.load(best.weights)
    return best.epoch or epoch


def _one_epoch(network: Network, optimiser: Optimiser, rows: Rows, batch: int, clock: Clock) -> None:
    network.modules.train()
    for chosen in torch.randperm(len(rows.y)).split(batch):
        optimiser.step(rows.members_loss(network, chosen))
        if clock.left <= 0:
            return
