"""NF772: a network's gradients ran away while it learned."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.inside import Training
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import number

TIMES, WORSE = 100.0, 2.0
"""Of its median, what a gradient has exploded at; of the lowest loss before, what the loss must then be."""


@dataclass(frozen=True)
class GradientsExplode:
    about: ClassVar[About] = About(
        "NF772",
        "Gradients explode",
        means="While a network learned, its gradients grew far beyond what they mostly are, and its loss with them; "
        "what it had learned was thrown over.",
        how="In some epoch of a fit the norm of all gradients is more than 100 times its median over the epochs and "
        "the loss more than twice the lowest so far, or either is no finite number.",
        action="Lower the learning rate, clip gradients, warm the rate up, or scale extreme columns and targets.",
        mistaken="One strange batch may do it, and training may recover: see whether the best epoch lies later.",
        questions=(28, 32),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        inside = evidence.evaluation.inside
        found = [(each, epoch) for each in (inside.trainings if inside else ()) if (epoch := _exploded(each))]
        if not found:
            return None
        training, epoch = found[0]
        loss = next(each.loss for each in training.epochs if each.epoch == epoch)
        return self.about.finding(
            f"{training.title} (trial {training.trial}), epoch {epoch}: loss {number(loss)}",
            "Lower the learning rate, clip gradients, warm the rate up, or scale extreme columns and targets.",
        )


def _exploded(training: Training) -> int | None:
    """The first epoch in which it did."""
    norms = [sum(g**2 for g in each.gradients.values()) ** 0.5 for each in training.epochs]
    usual, lowest = sorted(norms)[len(norms) // 2], math.inf
    for each, norm in zip(training.epochs, norms, strict=True):
        if not math.isfinite(each.loss) or not math.isfinite(norm):
            return each.epoch
        if norm > TIMES * usual > 0 and each.loss > WORSE * lowest:
            return each.epoch
        lowest = min(lowest, each.loss)
    return None
