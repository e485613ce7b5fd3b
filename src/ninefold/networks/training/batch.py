"""One batch: loss, gradients, a step of the optimiser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from ninefold.networks.plan import Plan
from ninefold.networks.training.devices import precision
from ninefold.networks.training.lesson import Lesson
from ninefold.networks.training.optimisers import Optimiser


@dataclass(frozen=True, eq=False)
class Teacher:
    optimiser: Optimiser
    lesson: Lesson
    plan: Plan
    device: Any

    def teach(self, chosen: Any, rate: float) -> Any:
        """Learn from the rows chosen; returns their loss, without its gradients."""
        for parameter in self.optimiser.parameters:
            parameter.grad = None
        with precision(self.plan, self.device):
            loss = self.lesson.loss(chosen)
        loss.backward()
        if self.plan.clip:
            torch.nn.utils.clip_grad_norm_(self.optimiser.parameters, self.plan.clip)
        with torch.no_grad():
            self.optimiser.step(rate)
        return loss.detach()
