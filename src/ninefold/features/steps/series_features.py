"""What a series is like, in numbers: level, spread, trend, rhythm, shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op

LARGEST = float(np.finfo(np.float32).max)
"""What is beyond is taken as missing, as of any number."""
LAGS = (1, 2, 3, 5, 8, 13, 21, 34)
QUANTILES = (0.25, 0.5, 0.75)
SINGLE = (
    *("length", "missing", "mean", "deviation", "lowest", "highest", "lowest at", "highest at", "slope"),
    *("mean step", "largest step", "crossings"),
)


@dataclass(frozen=True)
class SeriesFeatures:
    """[N, T] one series in each row, NaN where there is no value, to [N, k] numbers.

    Length and share missing; mean, deviation, quantiles, the extremes and when they are; slope; steps from moment to
    moment; crossings of the mean; autocorrelations; power at the lowest frequencies (of the standardised series, as
    logarithm); the means of its parts, of which the first and last are its ends. NaN where a series has no value.
    Such summaries: Fulcher and Jones 2017 (hctsa), Lubba et al. 2019 (catch22); means of parts: Keogh et al. 2001.
    """

    parts: int = setting(24, "parts that a series is cut into for their means", low=2, high=64, tiny=4)
    frequencies: int = setting(16, "lowest frequencies whose power is told", low=1, high=64, tiny=4)
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        length = block.values.shape[1]
        lags = tuple(lag for lag in LAGS if 2 * lag < length)
        parts, frequencies = min(self.parts, length), min(self.frequencies, length // 2)
        told = (
            *SINGLE,
            *(f"quantile {level:g}" for level in QUANTILES),
            *(f"autocorrelation {lag}" for lag in lags),
            *(f"power {number}" for number in range(1, frequencies + 1)),
            *(f"part {number}" for number in range(1, parts + 1)),
        )
        series = block.names[0].rpartition("[")[0]
        return _Fitted(tuple(f"{series} {each}" for each in told), length, lags, parts, frequencies)


@dataclass(frozen=True)
class _Fitted:
    names: tuple[str, ...]
    length: int
    lags: tuple[int, ...]
    parts: int
    frequencies: int
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        there = op.less_or_equal(op.abs(block), const(LARGEST))  # false of NaN
        series = _Series(block, there, self.length)
        told = [
            *series.simple(),
            *(series.quantile(level) for level in QUANTILES),
            *(series.autocorrelation(lag) for lag in self.lags),
            *([series.powers(self.frequencies)] if self.frequencies else []),
            series.means(self.parts),
        ]
        return op.where(op.greater(series.count, const(0.0)), op.concat(told, axis=1), const(np.nan))


class _Series:
    """Nodes that several features share; all values are [N, T] or [N, 1]."""

    def __init__(self, block: Var, there: Var, length: int) -> None:
        self._length, self._there, self._block = length, there, block
        self._weight = op.cast(there, to=np.float64)
        self._value = op.where(there, block, const(0.0))
        self.count = _sum(self._weight)
        self._some = op.max([self.count, const(1.0)])
        self._mean = op.div(_sum(self._value), self._some)
        self._apart = op.mul(op.sub(self._value, self._mean), self._weight)
        self._deviation = op.sqrt(op.div(_sum(op.mul(self._apart, self._apart)), self._some))
        flat = op.less_or_equal(self._deviation, const(0.0))
        self._standard = op.div(self._apart, op.where(flat, const(1.0), self._deviation))

    def simple(self) -> list[Var]:
        """As `SINGLE` names them."""
        ends = _largest(op.mul(self._weight, const(np.arange(1.0, self._length + 1))))
        low, high = (op.where(self._there, self._block, const(side)) for side in (LARGEST, -LARGEST))
        return [
            ends,
            op.sub(const(1.0), op.div(self.count, op.max([ends, const(1.0)]))),
            self._mean,
            self._deviation,
            op.reduce_min(low, const([1], np.int64), keepdims=1),
            _largest(high),
            _number(op.arg_min(low, axis=1, keepdims=1)),
            _number(op.arg_max(high, axis=1, keepdims=1)),
            self._slope(),
            *self._steps(),
        ]

    def _slope(self) -> Var:
        """Of the least squares line, per moment."""
        moments = const(np.arange(float(self._length)))
        middle = op.div(_sum(op.mul(self._weight, moments)), self._some)
        off = op.mul(op.sub(moments, middle), self._weight)
        spread = _sum(op.mul(off, off))
        return op.div(_sum(op.mul(off, self._apart)), op.max([spread, const(1.0)]))

    def _steps(self) -> list[Var]:
        """Mean and largest absolute step between neighbours that are there, and the share that crosses the mean."""
        if self._length < 2:
            return [op.mul(self.count, const(0.0))] * 3
        both = op.mul(self._earlier(self._weight, 1), self._later(self._weight, 1))
        pairs = op.max([_sum(both), const(1.0)])
        steps = op.mul(op.abs(op.sub(self._later(self._value, 1), self._earlier(self._value, 1))), both)
        product = op.mul(self._earlier(self._standard, 1), self._later(self._standard, 1))
        crossed = op.cast(op.less(product, const(0.0)), to=np.float64)
        return [op.div(_sum(steps), pairs), _largest(steps), op.div(_sum(crossed), pairs)]

    def quantile(self, level: float) -> Var:
        """The value of that rank, without interpolation."""
        ordered, _ = op.top_k(
            op.where(self._there, self._block, const(LARGEST)), const([self._length], np.int64), axis=1, largest=0
        )
        rank = op.mul(op.sub(self._some, const(1.0)), const(level))
        place = op.cast(op.cast(rank, to=np.int64), to=np.float64)
        chosen = op.equal(place, const(np.arange(float(self._length))))
        return _sum(op.where(chosen, ordered, const(0.0)))

    def autocorrelation(self, lag: int) -> Var:
        both = op.mul(self._earlier(self._weight, lag), self._later(self._weight, lag))
        product = op.mul(self._earlier(self._standard, lag), self._later(self._standard, lag))
        return op.div(_sum(product), op.max([_sum(both), const(1.0)]))

    def powers(self, frequencies: int) -> Var:
        """[N, F]: by products with cosines and sines."""
        angle = 2 * np.pi * np.outer(np.arange(self._length), np.arange(1, frequencies + 1)) / self._length
        waves = [op.matmul(self._standard, const(wave)) for wave in (np.cos(angle), np.sin(angle))]
        power = op.div(op.add(*(op.mul(wave, wave) for wave in waves)), self._some)
        return op.log(op.add(power, const(1e-3)))

    def means(self, parts: int) -> Var:
        """[N, P], NaN of a part without a value."""
        inside = _parts(self._length, parts)
        count = op.matmul(self._weight, const(inside))
        mean = op.div(op.matmul(self._value, const(inside)), op.max([count, const(1.0)]))
        return op.where(op.greater(count, const(0.0)), mean, const(np.nan))

    def _earlier(self, values: Var, lag: int) -> Var:
        return _sliced(values, 0, self._length - lag)

    def _later(self, values: Var, lag: int) -> Var:
        return _sliced(values, lag, self._length)


def _sum(values: Var) -> Var:
    return op.reduce_sum(values, const([1], np.int64), keepdims=1)


def _largest(values: Var) -> Var:
    return op.reduce_max(values, const([1], np.int64), keepdims=1)


def _number(places: Var) -> Var:
    return op.cast(places, to=np.float64)


def _sliced(values: Var, start: int, end: int) -> Var:
    return op.slice(values, *(const([number], np.int64) for number in (start, end, 1)))


def _parts(length: int, parts: int) -> Array:
    """[T, P]: 1 where a moment is in a part."""
    part = np.arange(length) * parts // length
    return np.asarray(part[:, None] == np.arange(parts), np.float64)
