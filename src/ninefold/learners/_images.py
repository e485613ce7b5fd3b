"""What learners of images have in common: the settings of augmentation and of training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Examples
from ninefold.core.tasks import base_of
from ninefold.networks.augmentation import Augmentation
from ninefold.networks.layer import Dims
from ninefold.networks.plan import Device, Group, Plan, batch_of

STEPS = 24
SMALLEST, LARGEST = 16, 128
"""A pass over the rows takes about STEPS batches of a size between these, or more where rows are many."""


@dataclass(frozen=True)
class Augmented:
    """Settings of how images are changed and of how the network is trained."""

    epochs: int = setting(20, "Passes over the images at most", low=1, high=300, log=True, tiny=3, grows=True)
    learning_rate: float = setting(0.004, "Highest step size of AdamW", low=2e-4, high=2e-2, log=True, tiny=0.01)
    decay: float = setting(0.02, "Shrinkage of the weights by AdamW", low=1e-4, high=0.3, log=True, simpler="high")
    dropout: float = setting(
        0.2, "Share of what the head sees left out at each step", low=0.0, high=0.7, simpler="high"
    )
    smoothing: float = setting(0.0, "Share of each label spread over all classes", low=0.0, high=0.2, simpler="high")
    shift: float = setting(0.07, "How far training images move, as a share of their sides", low=0.0, high=0.25)
    rotate: float = setting(0.0, "How many degrees training images turn", low=0.0, high=30.0)
    flip: bool = setting(False, "Whether training images are mirrored, which digits may not be", choices=(False, True))
    mix: str = setting("no", "How two training images become one", choices=("no", "mixup", "cutmix"))
    device: Device = "auto"
    """Not a setting: where it is computed changes nothing but the time."""

    def augmentation(self, data: Examples) -> Augmentation:
        classes = 1 if base_of(data.task) == "regression" else len(np.unique(data.y))
        return Augmentation(classes, self.shift, self.rotate, self.flip, self.mix)  # type: ignore[arg-type]

    def plan(self, rows: int, groups: tuple[Group, ...] = ()) -> Plan:
        return Plan(
            epochs=self.epochs,
            batch=batch_of(rows, STEPS, SMALLEST, LARGEST),
            rate=self.learning_rate,
            decay=self.decay,
            schedule="one_cycle",
            smoothing=self.smoothing,
            groups=groups,
            device=self.device,
        )


def sides(data: Examples) -> Dims:
    """(C, H, W) of the images."""
    height, width, channels = data.shape
    return channels, height, width
