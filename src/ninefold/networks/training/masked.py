"""Several targets learned at once, any of which a row may lack. Loads torch: import this inside functions only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from ninefold.networks.network import Network
from ninefold.networks.training.lesson import even, parts


class Weighed(torch.nn.Module):  # type: ignore[misc]
    """A network's layers beside ``doubts`` [T], the logarithms of the variance of each target's noise, which are
    learned with them (Kendall, Gal and Cipolla 2018)."""

    def __init__(self, layers: Any, targets: int) -> None:
        super().__init__()
        self.trunk = layers
        self.doubts = torch.nn.Parameter(torch.zeros(targets))


@dataclass(frozen=True, eq=False)
class Masked:
    """Rows ``x`` of the network's input and their targets ``y`` [N, T] float32, class codes or scaled values, NaN where
    one is not known, each row having one; ``widths`` [T] are the scores of each. With ``doubts`` losses are weighed by
    what noise they are found to have, else they are added up in ``units`` [T]."""

    network: Network
    x: Any
    y: Any
    widths: tuple[int, ...]
    units: Any
    doubts: Any = None

    def batches(self, size: int) -> Iterable[Any]:
        return even(len(self.x), size)

    def count(self, size: int) -> int:
        return parts(len(self.x), size)

    def loss(self, chosen: Any) -> Any:
        """The mean over all that is known of the batch: a target that few rows have weighs as much as they do, for else
        it would be learned by heart while the others are still being understood."""
        chosen = chosen.to(self.x.device)
        total, rows = totals(self.network(self.x[chosen]), self.y[chosen], self.widths)
        if self.doubts is None:
            return (total * self.units).sum() / rows.sum()
        half = torch.tensor([0.5 if width == 1 else 1.0 for width in self.widths], device=total.device)
        return (torch.exp(-self.doubts) * half * total + rows * self.doubts / 2).sum() / rows.sum()

    def told(self) -> Iterable[Any]:
        return [self.x, self.y]


def totals(scores: Any, y: Any, widths: tuple[int, ...]) -> tuple[Any, Any]:
    """Of each target [T] the squared errors or cross-entropies of the rows that have it, added up, and their number."""
    found = []
    for t, part in enumerate(scores.split(widths, dim=1)):
        known = ~torch.isnan(y[:, t])
        truth = torch.where(known, y[:, t], torch.zeros_like(y[:, t]))
        if widths[t] == 1:
            each = (part[:, 0] - truth) ** 2
        else:
            each = functional.cross_entropy(part, truth.long(), reduction="none")
        found.append((each * known).sum())
    return torch.stack(found), (~torch.isnan(y)).sum(dim=0)


@dataclass(frozen=True, eq=False)
class Stopping:
    """What is measured on rows to stop on: the mean over the targets of their mean losses in ``units`` [T]."""

    network: Network
    x: Any
    y: Any
    widths: tuple[int, ...]
    units: Any

    def __call__(self) -> dict[str, float]:
        total, rows = totals(self.network.scores(self.x), self.y, self.widths)
        return {"loss": float((total / rows.clamp_min(1) * self.units).sum() / (rows > 0).sum().clamp_min(1))}
