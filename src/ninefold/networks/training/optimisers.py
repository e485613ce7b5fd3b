"""AdamW (Loshchilov and Hutter 2019) and SGD with momentum by torch's own functions. The classes around them,
``torch.optim.AdamW`` and ``SGD``, import torch's compiler, which takes longer than many a fit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch.optim.adamw import adamw
from torch.optim.sgd import sgd

from ninefold.networks.plan import Plan

BETAS, SMALL = (0.9, 0.999), 1e-8


class Optimiser(Protocol):
    @property
    def parameters(self) -> list[Any]:
        """All that learn."""
        ...

    def step(self, rate: float) -> None:
        """Move parameters against their gradients (``.grad``), which torch is not to record; those without one stay."""
        ...

    def state(self) -> dict[str, Any]:
        """What it remembers, as named tensors (not copies)."""
        ...


@dataclass(frozen=True, eq=False)
class Part:
    """Parameters that learn at the same share of the rate with the same decay, each with what is remembered of it."""

    rate: float
    decay: float
    parameters: list[Any]
    memory: tuple[list[Any], ...]

    def moving(self) -> tuple[list[Any], ...]:
        """Parameters that have a gradient, their gradients, and what is remembered of them."""
        index = [i for i, p in enumerate(self.parameters) if p.grad is not None]
        gradients = [self.parameters[i].grad for i in index]
        return ([self.parameters[i] for i in index], gradients, *([m[i] for i in index] for m in self.memory))


@dataclass(eq=False)
class _Parts:
    parts: list[Part]

    @property
    def parameters(self) -> list[Any]:
        return [p for part in self.parts for p in part.parameters]

    def state(self) -> dict[str, Any]:
        return {
            f"{number}.{kind}.{i}": held
            for number, part in enumerate(self.parts)
            for kind, column in enumerate(part.memory)
            for i, held in enumerate(column)
        }


class AdamW(_Parts):
    def step(self, rate: float) -> None:
        for part in self.parts:
            moved, gradients, means, squares, steps = part.moving()
            if moved:
                adamw(
                    moved,
                    gradients,
                    means,
                    squares,
                    [],
                    steps,
                    foreach=False,
                    fused=True,
                    amsgrad=False,
                    beta1=BETAS[0],
                    beta2=BETAS[1],
                    lr=rate * part.rate,
                    weight_decay=part.decay,
                    eps=SMALL,
                    maximize=False,
                )


class SGD(_Parts):
    """Nesterov's, with ``momentum``."""

    def __init__(self, parts: list[Part], momentum: float) -> None:
        super().__init__(parts)
        self.momentum = momentum

    def step(self, rate: float) -> None:
        for part in self.parts:
            moved, gradients, buffers = part.moving()
            if moved:
                sgd(
                    moved,
                    gradients,
                    buffers,
                    foreach=False,
                    fused=False,
                    weight_decay=part.decay,
                    momentum=self.momentum,
                    lr=rate * part.rate,
                    dampening=0.0,
                    nesterov=self.momentum > 0,
                    maximize=False,
                )


def optimiser_of(plan: Plan, named: Iterable[tuple[str, Any]]) -> Optimiser:
    """For the named parameters that are not frozen; freezes those that the plan says."""
    by_kind: dict[tuple[float, float], list[Any]] = {}
    for name, parameter in named:
        rate = plan.group(name)
        parameter.requires_grad_(rate > 0)
        if rate > 0:
            by_kind.setdefault((rate, plan.decay if parameter.dim() > 1 else 0.0), []).append(parameter)
    fresh = {"adamw": _adamw_memory, "sgd": _sgd_memory}[plan.optimiser]
    parts = [Part(rate, decay, found, fresh(found)) for (rate, decay), found in by_kind.items()]
    return AdamW(parts) if plan.optimiser == "adamw" else SGD(parts, plan.momentum)


def _adamw_memory(parameters: list[Any]) -> tuple[list[Any], ...]:
    zeros = ([torch.zeros_like(p) for p in parameters] for _ in range(2))
    return (*zeros, [torch.zeros((), device=p.device) for p in parameters])


def _sgd_memory(parameters: list[Any]) -> tuple[list[Any], ...]:
    """A buffer of zeros is what the first step makes anyhow: momentum times 0 plus the gradient."""
    return ([torch.zeros_like(p) for p in parameters],)
