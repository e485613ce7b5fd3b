"""AdamW (Loshchilov and Hutter 2019) and SGD with momentum by torch's own functions, and Muon. The classes around them,
``torch.optim.AdamW`` and ``SGD``, import torch's compiler, which takes longer than many a fit; and what is around
AdamW's kernel takes three times as long as it, of small networks a tenth of a step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch.optim.sgd import sgd

from ninefold.networks.plan import Plan
from ninefold.networks.training.devices import halves

BETAS, SMALL = (0.9, 0.999), 1e-8
MOMENTUM, ROUNDS = 0.95, 4
"""Of Muon."""
SPREAD = 0.3
"""About what the numbers of a matrix are moved by in a step of AdamW at rate 1, root mean square: 0.2 to 0.4."""


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
                torch._foreach_add_(steps, 1.0)
                torch._fused_adamw_(
                    moved,
                    gradients,
                    means,
                    squares,
                    [],
                    steps,
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


class Muon(_Parts):
    """Matrices go the way of their momentum, turned into the nearest matrix whose rows and columns all count alike
    (Jordan and others 2024): what few rows ask for is learned as fast as what all do. ``others`` go as in AdamW, and
    matrices as far as those would (Liu and others 2025)."""

    def __init__(self, matrices: list[Part], others: list[Part], momentum: float) -> None:
        super().__init__([*matrices, *others])
        self._matrices, self._others, self.momentum = matrices, AdamW(others), momentum

    def step(self, rate: float) -> None:
        self._others.step(rate)
        for part in self._matrices:
            moved, gradients, means = part.moving()
            by_shape: dict[tuple[int, ...], list[tuple[Any, Any]]] = {}
            for matrix, gradient, mean in zip(moved, gradients, means, strict=True):
                mean.mul_(self.momentum).add_(gradient)
                ahead = gradient.add(mean, alpha=self.momentum)  # Nesterov's
                by_shape.setdefault(tuple(matrix.shape), []).append((matrix, ahead))
            for shape, same in by_shape.items():
                far = rate * part.rate * SPREAD * max(shape) ** 0.5
                turned = orthogonal(torch.stack([ahead for _, ahead in same]))
                for (matrix, _), step in zip(same, turned, strict=True):
                    matrix.mul_(1 - rate * part.rate * part.decay).sub_(step, alpha=far)


def orthogonal(matrices: Any) -> Any:
    """[K, A, B]: to each matrix one with the same singular vectors and values near 1, by Newton and Schulz's way, whose
    numbers are Jordan's."""
    x = matrices if matrices.shape[1] <= matrices.shape[2] else matrices.mT
    x = x / (x.norm(dim=(1, 2), keepdim=True) + SMALL)
    x = x.bfloat16() if halves(x.device) else x
    for _ in range(ROUNDS):
        inner = x @ x.mT
        inner = torch.baddbmm(inner, inner, inner, beta=-4.775, alpha=2.0315)
        x = torch.baddbmm(x, inner, x, beta=3.4445)
    return (x if matrices.shape[1] <= matrices.shape[2] else x.mT).float()


def optimiser_of(plan: Plan, named: Iterable[tuple[str, Any]]) -> Optimiser:
    """For the named parameters that are not frozen; freezes those that the plan says."""
    by_kind: dict[tuple[bool, float, float], list[Any]] = {}
    for name, parameter in named:
        rate = plan.group(name)
        parameter.requires_grad_(rate > 0)
        if rate > 0:
            turned = plan.optimiser == "muon" and parameter.dim() == 2 and name not in plan.tables
            decay = plan.decay if parameter.dim() > 1 else 0.0
            by_kind.setdefault((turned, rate, decay), []).append(parameter)
    simple = {"adamw": _adamw_memory, "sgd": _sgd_memory, "muon": _adamw_memory}[plan.optimiser]
    parts: dict[bool, list[Part]] = {True: [], False: []}
    for (turned, rate, decay), found in by_kind.items():
        memory = _sgd_memory(found) if turned else simple(found)
        parts[turned].append(Part(rate, decay, found, memory))
    if plan.optimiser == "muon":
        return Muon(parts[True], parts[False], MOMENTUM)
    return AdamW(parts[False]) if plan.optimiser == "adamw" else SGD(parts[False], plan.momentum)


def _adamw_memory(parameters: list[Any]) -> tuple[list[Any], ...]:
    zeros = ([torch.zeros_like(p) for p in parameters] for _ in range(2))
    return (*zeros, [torch.zeros((), device=p.device) for p in parameters])


def _sgd_memory(parameters: list[Any]) -> tuple[list[Any], ...]:
    """A buffer of zeros is what the first step makes anyhow: momentum times 0 plus the gradient."""
    return ([torch.zeros_like(p) for p in parameters],)
