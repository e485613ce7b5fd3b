"""The last values of series, as far as their level and size do not matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.forms.onnx import Var, const, op
from ninefold.forms.windows import spread, whole


@dataclass(frozen=True)
class Lags:
    """[N, T·C] windows of C series, the forecast one first, to the same without gaps: the first less the mean of its
    last season, in units of the error of its seasonal naive forecast; the others less their mean, in units of their
    deviation. A row still reshapes to (T, C)."""

    season: int = setting(1, "moments after which the series comes again", low=1, high=100_000)
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        length, channels = block.shape
        series = block.names[0].rpartition("[")[0].split("+") if channels > 1 else [block.names[0].rpartition("[")[0]]
        names = series if len(series) == channels else [f"series {i}" for i in range(1, channels + 1)]
        ago = range(length - 1, -1, -1)
        return _Fitted(tuple(f"{name} lag {lag}" for lag in ago for name in names), (length, channels), self.season)


@dataclass(frozen=True)
class _Fitted:
    names: tuple[str, ...]
    shape: tuple[int, ...]
    season: int
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        length, channels = self.shape
        cells = op.reshape(block, const([-1, length, channels], np.int64))
        made = [
            self._of_target(series) if i == 0 else _of_other(series)
            for i, series in enumerate(op.gather(cells, const(i, np.int64), axis=2) for i in range(channels))
        ]
        if channels == 1:
            return made[0]
        last = const([2], np.int64)
        return op.reshape(
            op.concat([op.unsqueeze(each, last) for each in made], axis=2), const([-1, length * channels], np.int64)
        )

    def _of_target(self, series: Var) -> Var:
        values, length = whole(series), self.shape[0]
        season = op.gather(values, const(range(length - self.season, length), np.int64), axis=1)
        level = op.reduce_mean(season, const([1], np.int64), keepdims=1)
        return op.div(op.sub(values, level), spread(values, length, self.season))


def _of_other(series: Var) -> Var:
    values = whole(series)
    apart = op.sub(values, op.reduce_mean(values, const([1], np.int64), keepdims=1))
    deviation = op.sqrt(op.reduce_mean(op.mul(apart, apart), const([1], np.int64), keepdims=1))
    return op.div(apart, op.where(op.greater(deviation, const(0.0)), deviation, const(1.0)))
