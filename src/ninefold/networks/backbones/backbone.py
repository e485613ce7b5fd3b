"""A trained trunk."""

from __future__ import annotations

from dataclasses import dataclass

from ninefold.networks.inputs.pixels import Pixels
from ninefold.networks.layer import Dims, Layer, Named
from ninefold.networks.layers.recolour import Recolour
from ninefold.networks.layers.sequential import Sequential


@dataclass(frozen=True, eq=False)
class Backbone:
    """``trunk`` is a sequence of stages, the first nearest to the images, with its ``weights``. It was trained on
    images whose channels had ``mean`` and ``spread`` on the scale 0 to 255."""

    title: str
    trunk: Sequential
    weights: Named
    mean: tuple[float, ...]
    spread: tuple[float, ...]

    @property
    def channels(self) -> int:
        return len(self.mean)

    def input(self, shape: Dims) -> Pixels:
        """Images [C, H, W] scaled as those were; of another number of channels by the means over channels."""
        channels, height, width = shape
        mean, spread = self.mean, self.spread
        if channels != self.channels:
            mean, spread = (tuple([sum(each) / len(each)] * channels) for each in (mean, spread))
        return Pixels(height, width, channels, mean, spread)

    def before(self, channels: int) -> tuple[Layer, ...]:
        """What turns images of so many channels into those that the trunk takes."""
        return () if channels == self.channels else (Recolour(self.channels),)
