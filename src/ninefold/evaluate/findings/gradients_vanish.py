"""NF771: hardly any gradient reaches the first layer of a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.findings import About
from ninefold.core.inside import Training
from ninefold.core.section import Finding
from ninefold.evaluate.evidence import Evidence
from ninefold.evaluate.written import number

SHARE = 1e-3
"""Of the last layer's gradient, below which the first one's has vanished."""


@dataclass(frozen=True)
class GradientsVanish:
    about: ClassVar[About] = About(
        "NF771",
        "Gradients vanish on their way to the first layer",
        means="The first layer of a network gets so small a gradient that it stays as it was drawn: only the last "
        "layers learn.",
        how="The norm of the first layer's gradient over that of the last layer with weights, in the median over the "
        "epochs of a fit, is below 0.001.",
        action="Take ReLU or GELU for sigmoid and tanh, fewer layers, batch or layer norm, or residual layers.",
        mistaken="A first layer of few weights, or one that was taken over from another network and is nearly right, "
        "has small gradients too.",
        questions=(27, 28),
    )

    def find(self, evidence: Evidence) -> Finding | None:
        inside = evidence.evaluation.inside
        shares = [(each, _share(each)) for each in inside.trainings if len(each.layers) > 2] if inside else []
        gone = [(training, share) for training, share in shares if share < SHARE]
        if not gone:
            return None
        training, share = gone[0]
        return self.about.finding(
            f"{training.title} (trial {training.trial}): the gradient of {training.layers[0]} is {number(share)} times "
            f"that of {training.layers[-1]}",
            "Take ReLU or GELU for sigmoid and tanh, fewer layers, a norm between them, or residual layers.",
        )


def _share(training: Training) -> float:
    first, last = (training.gradient(layer) for layer in (training.layers[0], training.layers[-1]))
    shares = sorted(one / other for one, other in zip(first, last, strict=True) if other > 0)
    return shares[len(shares) // 2] if shares else 1.0
