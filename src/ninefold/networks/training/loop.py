"""The loop: batches, epochs, stopping, checkpoints."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from ninefold.core.clock import Clock
from ninefold.networks import journal
from ninefold.networks.journal import Epoch
from ninefold.networks.pace import Pace
from ninefold.networks.plan import Plan
from ninefold.networks.schedules import share
from ninefold.networks.training.batch import Teacher
from ninefold.networks.training.checkpoint import Checkpoint, forget, identity, random_states, set_random_states
from ninefold.networks.training.finder import range_test
from ninefold.networks.training.lesson import Lesson, Watch
from ninefold.networks.training.optimisers import optimiser_of

__all__ = ["Trained", "train"]


@dataclass(frozen=True)
class Trained:
    """``rounds``: the epochs that the weights now in the module have seen; ``epochs``: all that was made."""

    rounds: int
    epochs: tuple[Epoch, ...]

    @property
    def lowest(self) -> float | None:
        """The lowest stopping loss; None where nothing was watched."""
        return min((epoch.watched["loss"] for epoch in self.epochs if "loss" in epoch.watched), default=None)


@dataclass(eq=False)
class _Best:
    """The epoch of the lowest stopping loss so far, and the weights it left."""

    epoch: int = 0
    loss: float = math.inf
    weights: dict[str, Any] = field(default_factory=dict)

    def see(self, epoch: int, loss: float, module: Any) -> None:
        if self.epoch == 0 or loss < self.loss:
            self.epoch, self.loss = epoch, loss
            self.weights = {name: w.detach().clone() for name, w in module.state_dict().items()}


@dataclass(eq=False)
class _Training:
    module: Any
    teacher: Teacher
    plan: Plan
    pace: Pace
    rate: float
    place: Path | None
    best: _Best = field(default_factory=_Best)
    epoch: int = 0
    identity: str = ""
    started: float = field(default_factory=time.monotonic)
    saved: float = field(default_factory=time.monotonic)
    made: list[Epoch] = field(default_factory=list)

    def one_epoch(self) -> float:
        """Go over the rows once, or until the time is up; returns the mean loss of the batches."""
        self.epoch += 1
        _teaching(self.module, self.plan)
        total, batches = torch.zeros((), device=self.teacher.device), 0
        for chosen in self.teacher.lesson.batches(self.plan.batch):
            total += self.teacher.teach(chosen, self.current_rate)
            self.pace.step()
            batches += 1
            if self.pace.is_over:
                break
        return float(total) / batches

    @property
    def current_rate(self) -> float:
        return self.rate * share(self.plan.schedule, self.pace.position, self.plan.warm_up)

    def write_epoch(self, loss: float, watched: dict[str, float]) -> None:
        gradients = {n: float(p.grad.norm()) for n, p in self.module.named_parameters() if p.grad is not None}
        seconds = time.monotonic() - self.started
        self.made.append(Epoch(self.epoch, loss, watched, self.current_rate, gradients, seconds))
        journal.add(self.place, self.made[-1])

    def is_stale(self) -> bool:
        return bool(self.plan.patience) and self.best.epoch > 0 and self.epoch - self.best.epoch >= self.plan.patience

    def save(self) -> None:
        """Write a checkpoint, if the last is older than the plan allows."""
        if self.place is None or time.monotonic() - self.saved < self.plan.save_every:
            return
        parts = {
            "weights": self.module.state_dict(),
            "best": self.best.weights,
            "optimiser": self.teacher.optimiser.state(),
        }
        tensors = {f"{part}.{name}": t for part, held in parts.items() for name, t in held.items()}
        state = {
            "epoch": self.epoch,
            "best_epoch": self.best.epoch,
            "best_loss": self.best.loss,
            "position": self.pace.position,
            "batches": self.pace.done,
            "rate": self.rate,
        }
        held = {**tensors, **random_states(self.teacher.device)}
        Checkpoint(self.identity, held, state).write(self.place)
        self.saved = time.monotonic()

    def resume(self, found: Checkpoint) -> None:
        """Be where the checkpoint is."""
        self.module.load_state_dict(_under("weights", found.tensors))
        device = self.teacher.device
        self.best.weights = {name: t.to(device) for name, t in _under("best", found.tensors).items()}
        self.best.epoch, self.best.loss = found.state["best_epoch"], found.state["best_loss"]
        for name, held in self.teacher.optimiser.state().items():
            held.copy_(found.tensors[f"optimiser.{name}"])
        self.epoch, self.rate = found.state["epoch"], found.state["rate"]
        self.pace.position, self.pace.done = found.state["position"], found.state["batches"]
        set_random_states(found.tensors, device)


def train(
    module: Any,
    lesson: Lesson,
    watch: Watch | None,
    plan: Plan,
    *,
    clock: Clock,
    place: Path | None = None,
    told: Callable[[Epoch], None] | None = None,
) -> Trained:
    """Teach ``module`` the lesson, up to ``plan.epochs`` times.

    With a ``watch`` the weights left are those of the epoch with the lowest loss there. The clock is looked at after
    every batch. In ``place`` lie a journal and, until the training ends, a checkpoint; a checkpoint of this very
    training that is found there is gone on from. ``told`` hears of every epoch.
    """
    device = next(module.parameters()).device
    teacher = Teacher(optimiser_of(plan, module.named_parameters()), lesson, plan, device)
    pace = Pace(plan.epochs * lesson.count(plan.batch), clock, plan.reserve)
    training = _Training(module, teacher, plan, pace, plan.rate, place)
    if place is not None:
        place.mkdir(parents=True, exist_ok=True)
        training.identity = identity(plan, device, module.state_dict().values(), lesson.told())
    found = Checkpoint.read(place, training.identity)
    if found is not None:
        training.resume(found)
    elif not plan.rate:
        training.rate = range_test(module, lesson, plan, clock).suggested
    training.made = journal.cut(place, training.epoch)
    while training.epoch < plan.epochs and not training.is_stale():
        loss = training.one_epoch()
        watched = watch() if watch is not None else {}
        if watched:
            training.best.see(training.epoch, watched["loss"], module)
        training.write_epoch(loss, watched)
        if told is not None:
            told(training.made[-1])
        if pace.is_over or not math.isfinite(loss):
            break
        training.save()
    if training.best.weights:
        module.load_state_dict(training.best.weights)
    forget(place)
    return Trained(training.best.epoch or training.epoch, tuple(training.made))


def _teaching(module: Any, plan: Plan) -> None:
    """Training mode, except for what is frozen."""
    module.train()
    frozen = tuple(g.prefix for g in plan.groups if g.rate == 0)
    for name, part in module.named_modules():
        if frozen and f"{name}.".startswith(frozen) and plan.group(f"{name}.") == 0:
            part.eval()


def _under(part: str, tensors: dict[str, Any]) -> dict[str, Any]:
    return {name.removeprefix(f"{part}."): t for name, t in tensors.items() if name.startswith(f"{part}.")}
