"""A small convolutional network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._images import Augmented, sides
from ninefold.learners._trivial import constant, is_trivial
from ninefold.networks.fitting import fitted
from ninefold.networks.images import head_for, trunk_for, whole
from ninefold.networks.inputs.pixels import Pixels


@dataclass(frozen=True)
class CNN(Augmented):
    """Windows of weights slide over the image, stage after stage, and what they find is added up; training images are
    moved, turned, mirrored and mixed as the settings say."""

    width: int = setting(32, "Channels of the first stage", low=8, high=128, log=True, tiny=8, simpler="low")
    places: bool = setting(True, "Whether it matters where in the image something is", choices=(False, True))

    card: ClassVar[Card] = Card(
        title="CNN",
        solves=("binary", "multiclass", "regression"),
        view="pixels",
        idea="Small windows find edges, then parts, then things, wherever they are in the image.",
        inductive_bias="Neighbouring pixels belong together; a pattern means the same everywhere in the image.",
        cost="Epochs x images x pixels x width squared.",
        source="LeCun and others 1998; Ioffe and Szegedy 2015; Smith 2018 (one cycle); PyTorch",
        questions=(30, 31),
        seconds=150.0,
        promise=0.9,
        family="network",
        beats_baseline_on=("halfspace", "xor", "blobs", "linear"),
        fails_on=("noise",),
        library="torch",
        extra="torch",
        tolerance=1e-4,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {},
        {"flip": True},
        {"flip": True, "mix": "cutmix", "smoothing": 0.05, "epochs": 40},
        {"places": False, "rotate": 10.0, "epochs": 40},
        {"width": 64, "dropout": 0.4, "rotate": 5.0},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        trunk = trunk_for(sides(data), self.width)
        return fitted(
            data,
            Pixels.of(data.x, data.shape),
            lambda scores: whole(trunk, head_for(scores, self.dropout, places=self.places)),
            self.plan(len(data.y)),
            rng=rng,
            clock=clock,
            augment=self.augmentation(data),
        )
