"""What a network learns from: losses of batches, and what is measured on rows to stop on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch.nn import functional

from ninefold.networks.network import Network

Augment = Callable[[Any, Any], tuple[Any, Any]]
"""Rows and targets of one training batch, on its device, to those that are learned from: changed rows, mixed targets.
Takes randomness from torch's generator alone."""
Watch = Callable[[], dict[str, float]]
"""Measures by name, ``loss`` among them: lower is better."""


class Lesson(Protocol):
    """Losses are torch scalars that gradients can be taken of."""

    def batches(self, size: int) -> Iterable[Any]:
        """The rows of each batch of one epoch; drawn from torch's generator."""
        ...

    def count(self, size: int) -> int:
        """How many batches an epoch has."""
        ...

    def loss(self, chosen: Any) -> Any:
        """The mean loss of one of the batches, the network being in training mode."""
        ...

    def told(self) -> Iterable[Any]:
        """The tensors that it teaches, to know it again."""
        ...


def even(rows: int, size: int) -> tuple[Any, ...]:
    """All rows in random order, in batches of nearly the same size, none of one row alone, which batch norm could not
    take."""
    return tuple(torch.randperm(rows).tensor_split(parts(rows, size)))


def parts(rows: int, size: int) -> int:
    """How many batches `even` makes."""
    return max(1, min(-(-rows // size), rows // 2))


@dataclass(frozen=True, eq=False)
class Supervised:
    """Rows ``x`` of the network's input and their targets: classes int64 [N], distributions float32 [N, S] (``softmax``
    both), or values float32 [N, S]. ``weights`` [N]: what each row counts."""

    network: Network
    x: Any
    y: Any
    softmax: bool
    weights: Any = None
    smoothing: float = 0.0
    augment: Augment | None = None

    def batches(self, size: int) -> Iterable[Any]:
        return even(len(self.x), size)

    def count(self, size: int) -> int:
        return parts(len(self.x), size)

    def loss(self, chosen: Any) -> Any:
        chosen = chosen.to(self.x.device)
        rows, wanted = self.x[chosen], self.y[chosen]
        if self.augment is not None:
            rows, wanted = self.augment(rows, wanted)
        counted = None if self.weights is None else self.weights[chosen]
        return mean_loss(self.network(rows), wanted, softmax=self.softmax, weights=counted, smoothing=self.smoothing)

    def told(self) -> Iterable[Any]:
        return [self.x, self.y] if self.weights is None else [self.x, self.y, self.weights]


def mean_loss(scores: Any, wanted: Any, *, softmax: bool, weights: Any = None, smoothing: float = 0.0) -> Any:
    """Cross-entropy with classes or distributions, or squared error, over rows that count ``weights`` [N]."""
    if weights is None:
        if softmax:
            return functional.cross_entropy(scores, wanted, label_smoothing=smoothing)
        return functional.mse_loss(scores, wanted)
    if softmax:
        each = functional.cross_entropy(scores, wanted, label_smoothing=smoothing, reduction="none")
    else:
        each = ((scores - wanted) ** 2).mean(1)
    return (each * weights).sum() / weights.sum()


@dataclass(frozen=True, eq=False)
class Watched:
    """Called, it gives loss and, of classes, accuracy on rows to stop on, without dropout, augmentation, smoothing."""

    network: Network
    x: Any
    y: Any
    softmax: bool

    def __call__(self) -> dict[str, float]:
        scores = self.network.scores(self.x)
        loss = {"loss": float(mean_loss(scores, self.y, softmax=self.softmax))}
        if not self.softmax:
            return loss
        right = self.y if self.y.dim() == 1 else self.y.argmax(1)
        return {**loss, "accuracy": float((scores.argmax(1) == right).float().mean())}
