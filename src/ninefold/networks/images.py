"""Convolutional networks for images of any size: a trunk of stages, and a head that decides."""

from __future__ import annotations

from ninefold.networks.layer import Dims, Layer
from ninefold.networks.layers.activation import Activation
from ninefold.networks.layers.batch_norm import BatchNorm
from ninefold.networks.layers.conv2d import Conv2d
from ninefold.networks.layers.dense import Dense
from ninefold.networks.layers.dropout import Dropout
from ninefold.networks.layers.flatten import Flatten
from ninefold.networks.layers.global_pool import GlobalPool
from ninefold.networks.layers.pool2d import Pool2d
from ninefold.networks.layers.sequential import Sequential

SMALLEST = 8
"""Sides shorter than this are halved no more."""
LARGE = 48
"""Images with both sides of this or more are looked at in steps of two pixels first: the first stage costs most."""
WIDEST = 8
"""Channels grow to so many times those of the first stage."""


def trunk_for(shape: Dims, width: int) -> Sequential:
    """Stages for images [C, H, W] until a side is short: window, norm, ReLU, each but the last halved before the norm,
    which then has a quarter of the numbers to go through. Channels double from stage to stage."""
    stages: list[Layer] = []
    sides, channels = shape[1:], width
    while min(sides) >= SMALLEST:
        step = 2 if not stages and min(sides) >= LARGE else 1
        stages.append(_stage(channels, step, halve=True))
        sides = stages[-1].shape((0, *sides))[1:]
        channels = min(2 * channels, WIDEST * width)
    return Sequential((*stages, _stage(channels, 1, halve=False)))


def _stage(channels: int, step: int, *, halve: bool) -> Sequential:
    halved = (Pool2d("max", 2),) if halve else ()
    window = Conv2d(channels, 3 if step == 1 else 5, step, bias=False)
    return Sequential((window, *halved, BatchNorm(), Activation("relu")))


def head_for(scores: int, dropout: float, *, places: bool) -> Sequential:
    """Scores as sums over what the trunk found: at each place (``places``), or anywhere, as a mean over all places.
    Either way a score is a sum over places, which tells what each place gives to it."""
    gathered = Flatten() if places else GlobalPool("mean")
    return Sequential((gathered, Dropout(dropout), Dense(scores)))


def whole(trunk: Layer, head: Layer) -> Sequential:
    """The names of the trunk's weights begin with ``0.``, those of the head's with ``1.``."""
    return Sequential((trunk, head))
