"""What a learner of tables can use of an image: directions of edges, and grey levels and colours, by region."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.forms.onnx import Var, const, op

LUMA = (299, 587, 114)
"""Thousandths of red, green and blue in grey (ITU-R BT.601): whole numbers, so that single precision adds exactly."""
SHARP = 4
"""The direction of an edge counts in the bins beside it by the cosine of the angle to them to the power of 2**SHARP."""
SMALL = 1.0
"""Grey levels of an edge that are as good as none."""
MOST = 0.2
"""Of a region's edges, where one of them outshines all others (Dalal and Triggs 2005)."""


@dataclass(frozen=True)
class ImageFeatures:
    """[N, H x W x C] images to columns: in each of ``grid`` x ``grid`` regions the strength of edges in each of
    ``directions``, in relation to the regions around (oriented gradients of Dalal and Triggs 2005, normalised as by
    Felzenszwalb and others 2010), the mean of each channel and the spread of grey; and both of the whole image.

    Gradients are sums of whole numbers and exact in single precision; all else is computed in double precision.
    """

    grid: int = setting(7, "regions along each side, of at least 2 pixels", low=2, high=16, tiny=3)
    directions: int = setting(9, "directions of edges", low=4, high=18, tiny=4)
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        name = block.names[0].partition("[")[0]
        rows, columns = (max(1, min(self.grid, side // 2)) for side in block.shape[:2])
        return _Fitted(name, block.shape, (rows, columns), self.directions)


@dataclass(frozen=True)
class _Fitted:
    of: str
    shape: tuple[int, ...]
    regions: tuple[int, int]
    directions: int
    categorical: tuple[int, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        rows, columns = self.regions
        places = [f"{r + 1},{c + 1}" for r in range(rows) for c in range(columns)]
        channels = _channels(self.shape[2])
        angles = [f"{180 * k / self.directions:.0f}°" for k in range(self.directions)]
        return tuple(
            f"{self.of} ~ {what}"
            for what in (
                *(f"edges {angle} at {place}" for angle in angles for place in places),
                *(f"{channel} at {place}" for channel in channels for place in places),
                *(f"spread at {place}" for place in places),
                *channels,
                "spread",
            )
        )

    def graph(self, block: Var) -> Var:
        height, width, channels = self.shape
        whole = const([-1, height, width, channels], np.int64)
        images = op.transpose(op.reshape(op.cast(block, to=np.float32), whole), perm=[0, 3, 1, 2])
        grey = self._grey(images)
        exact, level = op.cast(images, to=np.float64), op.div(op.cast(grey, to=np.float64), const(1000.0))
        means, squares = self._regional(exact, mean=True), self._regional(op.mul(level, level), mean=True)
        middle = self._regional(level, mean=True)
        parts = [self._edges(grey), means, _spread(squares, middle), _whole(exact), _whole_spread(level)]
        return op.concat([op.flatten(part) for part in parts], axis=1)

    def _grey(self, images: Var) -> Var:
        """[N, 1, H, W] float32, in thousandths of a level."""
        if self.shape[2] == 1:
            return op.mul(images, const(1000.0, np.float32))
        return op.conv(images, const(np.reshape(LUMA, (1, 3, 1, 1)), np.float32), kernel_shape=[1, 1])

    def _edges(self, grey: Var) -> Var:
        """[N, K, rows, columns]: what share each direction has of the edges around."""
        across, down = np.zeros((2, 3, 3)), np.zeros((2, 3, 3))
        across[0, 1], down[1, :, 1] = (-1, 0, 1), (-1, 0, 1)
        kernel = const((across + down)[:, None], np.float32)
        slopes = op.conv(_edged(grey), kernel, kernel_shape=[3, 3])
        slopes = op.div(op.cast(slopes, to=np.float64), const(1000.0))
        angles = np.pi * np.arange(self.directions) / self.directions
        turned = [
            op.mul(_channel(slopes, i), const(trig(angles)[:, None, None])) for i, trig in enumerate((np.cos, np.sin))
        ]
        along = op.add(*turned)  # [N, K, H, W]
        strength = op.sqrt(op.reduce_sum(op.mul(slopes, slopes), const([1], np.int64), keepdims=1))
        share = op.div(along, op.add(strength, const(SMALL)))
        for _ in range(SHARP):
            share = op.mul(share, share)
        sums = self._regional(op.mul(share, strength), mean=False)
        return _normalised(sums)

    def _regional(self, values: Var, *, mean: bool) -> Var:
        """[N, K, H, W] to [N, K, rows, columns]; regions that the sides do not divide into reach beyond the edge,
        where there is nothing."""
        (height, width), (rows, columns) = self.shape[:2], self.regions
        tall, wide = math.ceil(height / rows), math.ceil(width / columns)
        ends = [0, 0, 0, 0, 0, 0, tall * rows - height, wide * columns - width]
        padded = op.pad(values, const(ends, np.int64), const(0.0)) if any(ends) else values
        cut = op.reshape(padded, const([0, -1, rows, tall, columns, wide], np.int64))
        reduce = op.reduce_mean if mean else op.reduce_sum
        return reduce(cut, const([3, 5], np.int64), keepdims=0)


def _channels(count: int) -> tuple[str, ...]:
    return ("grey",) if count == 1 else ("red", "green", "blue")


def _channel(values: Var, place: int) -> Var:
    return op.gather(values, const([place], np.int64), axis=1)


def _edged(grey: Var) -> Var:
    """The outermost pixels once more on each side: a border is no edge."""
    for axis in (2, 3):
        first, last = (op.gather(grey, const([place], np.int64), axis=axis) for place in (0, -1))
        grey = op.concat([first, grey, last], axis=axis)
    return grey


def _normalised(sums: Var) -> Var:
    """Each region's edges over those of the four squares of regions that it lies in, and the mean of the four."""
    energy = op.reduce_sum(op.mul(sums, sums), const([1], np.int64), keepdims=1)
    around = op.pad(energy, const([0, 0, 1, 1, 0, 0, 1, 1], np.int64), const(0.0))
    shares = []
    for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
        corners = [_shifted(around, down + i, right + j) for i in (0, 1) for j in (0, 1)]
        total = op.sqrt(op.add(op.sum(corners), const(SMALL)))
        shares.append(op.min([op.div(sums, total), const(MOST)]))
    return op.mul(op.sum(shares), const(0.25))


def _shifted(padded: Var, down: int, right: int) -> Var:
    """The part of the padded regions that begins there, as large as they were."""
    starts, ends = const([down, right], np.int64), const([down - 2 or _END, right - 2 or _END], np.int64)
    return op.slice(padded, starts, ends, const([2, 3], np.int64))


_END = np.iinfo(np.int64).max


def _spread(squares: Var, middle: Var) -> Var:
    return op.sqrt(op.max([op.sub(squares, op.mul(middle, middle)), const(0.0)]))


def _whole(values: Var) -> Var:
    return op.reduce_mean(values, const([2, 3], np.int64), keepdims=0)


def _whole_spread(level: Var) -> Var:
    return _spread(_whole(op.mul(level, level)), _whole(level))
