"""Series counted in whole steps, so that sums of them are exact in any order, in single precision too."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op

GRAIN = 4096
"""Steps of the spread of a channel."""
LIMIT = 65_535
"""Steps above or below its mean at most: twelve times as many, of nine channels, are whole in float32, and so are
halves between them."""
FLAT = 1e-6
"""Steps get no smaller where the spread within series is less than this part of that of all values."""
WIDE, FAR = float(2**19), float(2**36)
"""Steps from the mean of a series at most where its spread is told, and from the centre of the channel: the squares of
the first, and the second, are whole in float64 when some ten thousand are added up."""
LARGEST = float(np.finfo(np.float32).max)
"""What is beyond is taken as missing, as of any number."""


class Counted(NamedTuple):
    """``values`` float32 [N, C, T], whole; ``ends`` [N], moments of each series, 1 at least; ``plain`` [N, 2 C + 1]:
    the mean of each channel from its centre and its spread, in steps, and the moments."""

    values: Array
    ends: Array
    plain: Array


class CountedNodes(NamedTuple):
    """The same as nodes; ``ends`` is float32 [N, 1]."""

    values: Var
    ends: Var
    plain: Var


@dataclass(frozen=True, eq=False)
class Stepped:
    """The view ``series``: float64 [N, length x C], NaN where there is nothing, C the size of ``centre`` and ``step``.

    A series ends with the last moment at which a channel has a value; what follows is 0. Values are told from the mean
    of their own series, ``alike``: in parts of their own spread; a gap goes on with the value before it, and is 0 where
    there is none. Means, spreads and quotients are of whole numbers: nothing hangs on the order of a sum.
    """

    length: int
    centre: Array
    step: Array
    alike: bool

    @classmethod
    def of(cls, x: Array, shape: tuple[int, ...], alike: bool) -> Stepped:
        """As training rows [N, T x C] of ``shape`` (T, C) have it; a step is a part of the spread within series, but
        no smaller than lets the levels of all series be counted."""
        series = np.where(np.abs(x) <= LARGEST, x, np.nan).reshape(-1, *shape)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a channel, or a series, without any value
            within = np.nanmean(np.nanvar(series, axis=1), axis=0)
            between = np.nanvar(series, axis=(0, 1))
            centre = np.nanmean(series, axis=(0, 1))
        spread = np.sqrt(np.fmax(within, between * FLAT**2))
        return cls(shape[0], np.nan_to_num(centre), np.where(spread > 0, spread, 1.0) / GRAIN, alike)

    @property
    def channels(self) -> int:
        return len(self.centre)

    def counted(self, x: Array) -> Counted:
        raw = np.asarray(x, np.float64).reshape(-1, self.length, self.channels)
        there = np.abs(raw) <= LARGEST  # false of NaN
        near = np.clip((np.where(there, raw, self.centre) - self.centre) / self.step, -FAR, FAR)
        steps = np.rint(near) * there
        ends = np.maximum((there.any(axis=2) * np.arange(1, self.length + 1)).max(axis=1), 1)
        some = np.maximum(there.sum(axis=1), 1)
        mean = np.rint(steps.sum(axis=1) / some)
        apart = np.clip(steps - mean[:, None], -WIDE, WIDE) * there
        spread = np.sqrt((apart**2).sum(axis=1) / some)
        if self.alike:
            apart = np.rint(apart / np.where(spread > 0, spread, 1.0)[:, None] * GRAIN)
        held = _going_on(np.clip(apart, -LIMIT, LIMIT), there) * (np.arange(self.length) < ends[:, None])[:, :, None]
        plain = np.column_stack([mean, spread, ends])
        return Counted(held.transpose(0, 2, 1).astype(np.float32), ends, plain)

    def nodes(self, x: Var) -> CountedNodes:
        raw = op.reshape(x, const([-1, self.length, self.channels], np.int64))
        there = op.less_or_equal(op.abs(raw), const(LARGEST))
        weight = op.cast(there, to=np.float64)
        far = op.div(op.sub(op.where(there, raw, const(self.centre)), const(self.centre)), const(self.step))
        steps = op.mul(op.round(_within(far, FAR)), weight)
        ends = self._ends(weight)
        some = op.max([_summed(weight), const(1.0)])
        mean = op.round(op.div(_summed(steps), some))
        apart = op.mul(_within(op.sub(steps, mean), WIDE), weight)
        spread = op.sqrt(op.div(_summed(op.mul(apart, apart)), some))
        if self.alike:
            own = op.where(op.greater(spread, const(0.0)), spread, const(1.0))
            apart = op.round(op.mul(op.div(apart, own), const(float(GRAIN))))
        near = op.cast(_within(apart, LIMIT), to=np.float32)
        held = self._going_on(op.where(there, near, const(np.nan, np.float32)))
        moments = const(np.arange(float(self.length))[:, None], np.float32)
        inside = op.cast(op.less(moments, op.unsqueeze(ends, const([2], np.int64))), to=np.float32)
        flat = const([-1, self.channels], np.int64)
        plain = [op.reshape(mean, flat), op.reshape(spread, flat), op.cast(ends, to=np.float64)]
        values = op.transpose(op.mul(held, inside), perm=[0, 2, 1])
        return CountedNodes(values, ends, op.concat(plain, axis=1))

    def _ends(self, weight: Var) -> Var:
        """[N, 1]."""
        numbers = op.mul(weight, const(np.arange(1.0, self.length + 1)[:, None]))
        last = op.reduce_max(numbers, const([1, 2], np.int64), keepdims=False)
        ends = op.unsqueeze(op.max([last, const(1.0)]), const([1], np.int64))
        return op.cast(ends, to=np.float32)

    def _going_on(self, values: Var) -> Var:
        """Gaps filled by doubling how far back is looked; 0 for what is NaN after that."""
        moments, back = np.arange(self.length), 1
        while back < self.length:
            before = op.gather(values, const(np.maximum(moments - back, 0), np.int64), axis=1)
            values = op.where(op.isnan(values), before, values)
            back *= 2
        return op.where(op.isnan(values), const(0.0, np.float32), values)


def _going_on(apart: Array, there: Array) -> Array:
    """Every gap with the value before it, 0 where there is none."""
    moments = np.arange(apart.shape[1])[:, None]
    last = np.maximum.accumulate(np.where(there, moments, -1), axis=1)
    return np.where(last >= 0, np.take_along_axis(apart, np.maximum(last, 0), axis=1), 0.0)


def _within(values: Var, most: float) -> Var:
    return op.min([op.max([values, const(-most)]), const(most)])


def _summed(values: Var) -> Var:
    return op.reduce_sum(values, const([1], np.int64), keepdims=True)
