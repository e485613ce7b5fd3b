"""A network that has learned from other images goes on learning from these."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ninefold.core.clock import Clock
from ninefold.core.parts import Value, setting
from ninefold.core.protocols import Card, Examples, Form
from ninefold.learners._images import Augmented, sides
from ninefold.learners._trivial import constant, is_trivial
from ninefold.networks.fitting import fitted
from ninefold.networks.images import head_for, trunk_for
from ninefold.networks.inputs.pixels import Pixels
from ninefold.networks.layer import Layer
from ninefold.networks.layers.sequential import Sequential
from ninefold.networks.plan import Group

if TYPE_CHECKING:
    from ninefold.networks.backbones.backbone import Backbone

WIDTH = 32
"""Channels of the first stage where no backbone is named."""


@dataclass(frozen=True)
class FineTuned(Augmented):
    """The trunk of a trained network with a new head. Stages near the images learn more slowly, or stay as they are,
    with their norms as in prediction."""

    backbone: str = setting("", "Folder or file of the trained network")
    start: str = setting("trained", "Whether the trunk keeps what it learned", choices=("trained", "scratch"))
    frozen: float = setting(0.0, "Share of the stages, from the images on, that stay as they are", low=0.0, high=1.0)
    falloff: float = setting(0.8, "Step size of a stage as a share of that of the next", low=0.1, high=1.0, log=True)
    places: bool = setting(False, "Whether it matters where in the image something is", choices=(False, True))
    learning_rate: float = setting(0.0025, "Highest step size of AdamW", low=2e-4, high=2e-2, log=True, tiny=0.01)

    card: ClassVar[Card] = Card(
        title="Fine-tuned network",
        solves=("binary", "multiclass", "regression"),
        view="pixels",
        idea="Edges and parts learned from many other images are found in a few new ones, too.",
        inductive_bias="These images are made of what the images before were made of.",
        cost="Epochs x images x the size of the backbone.",
        source="Yosinski and others 2014; Howard and Ruder 2018 (discriminative rates); He and others 2016; PyTorch",
        questions=(33,),
        seconds=200.0,
        promise=1.0,
        family="network",
        beats_baseline_on=("halfspace", "xor"),
        fails_on=("noise",),
        needs="backbone",
        library="torch",
        extra="torch",
        tolerance=1e-4,
    )
    portfolio: ClassVar[tuple[dict[str, Value], ...]] = (
        {},
        {"places": True},
        {"start": "scratch", "learning_rate": 0.005},
        {"start": "scratch", "learning_rate": 0.005, "places": True},
        {"frozen": 1.0, "places": True},
        {"frozen": 0.5, "epochs": 40},
    )

    def fit(self, data: Examples, *, rng: np.random.Generator, clock: Clock) -> Form:
        if is_trivial(data):
            return constant(data)
        known = self._backbone()
        before: tuple[Layer, ...]
        if known is None:
            before = ()
            trunk, input = trunk_for(sides(data), WIDTH), Pixels.of(data.x, data.shape)
        else:
            before, trunk, input = known.before(data.shape[2]), known.trunk, known.input(sides(data))
        at = f"{len(before)}."
        trained = known is not None and self.start == "trained"
        return fitted(
            data,
            input,
            lambda scores: Sequential((*before, trunk, head_for(scores, self.dropout, places=self.places))),
            self.plan(len(data.y), self._groups(at, len(trunk.layers)) if trained else ()),
            rng=rng,
            clock=clock,
            augment=self.augmentation(data),
            start=tuple((at + name, w) for name, w in known.weights) if known is not None and trained else (),
        )

    def _backbone(self) -> Backbone | None:
        from ninefold.networks.backbones.found import backbone_at

        return backbone_at(Path(self.backbone)) if self.backbone else None

    def _groups(self, at: str, stages: int) -> tuple[Group, ...]:
        """The last stage learns a step more slowly than the head, the one before it one more."""
        still = round(self.frozen * stages)
        return tuple(
            Group(f"{at}{stage}.", 0.0 if stage < still else self.falloff ** (stages - stage))
            for stage in range(stages)
        )
