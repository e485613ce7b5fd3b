"""What a network's last numbers mean where it predicts several targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ninefold.core import mixed
from ninefold.core.mixed import starts
from ninefold.core.table import Array
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True, eq=False)
class Heads:
    """Scores [N, S] of all targets side by side, as many of each as ``widths`` say: those of a category by softmax, a
    value times its ``spread`` plus its ``base`` [S]. Of these the columns ``kept`` [K] are the prediction."""

    widths: tuple[int, ...]
    base: Array
    spread: Array
    kept: Array

    @classmethod
    def of(cls, y: Array, widths: tuple[int, ...], kept: Array) -> Heads:

        base, spread = np.zeros(sum(widths)), np.ones(sum(widths))
        for t, (start, width) in enumerate(zip(starts(widths), widths, strict=True)):
            if width == 1:
                base[start], spread[start] = np.nanmean(y[:, t]), np.nanstd(y[:, t]) or 1.0
        return cls(widths, base, spread, kept)

    @property
    def scores(self) -> int:
        """How many numbers the network gives for a row."""
        return sum(self.widths)

    def wanted(self, y: Array) -> Array:
        """Targets [N, T] as the network learns them: codes as they are, values centred and scaled."""
        first = starts(self.widths)  # base 0 and spread 1 where it is the first class of a category
        return np.asarray((y - self.base[first]) / self.spread[first], np.float32)

    def units(self, y: Array) -> Array:
        """[T]: what losses of `wanted` are multiplied by, so that knowing nothing costs 1."""
        costs = mixed.costs(y, self.widths)
        return np.array([1.0 if width == 1 else 1 / cost for width, cost in zip(self.widths, costs, strict=True)])

    def said(self, scores: Any) -> Array:
        """Predictions [N, K] float64 of scores as a torch tensor."""
        parts = scores.double().split(self.widths, dim=1)
        each = [part.softmax(1) if part.shape[1] > 1 else part for part in parts]
        return np.asarray(np.hstack([part.numpy() for part in each]) * self.spread + self.base)[:, self.kept]

    def nodes(self, scores: Var) -> Var:
        """The same as nodes."""
        double, each = op.cast(scores, to=np.float64), list[Var]()
        for start, width in zip(starts(self.widths), self.widths, strict=True):
            part = op.gather(double, const(np.arange(start, start + width), np.int64), axis=1)
            each.append(op.softmax(part, axis=1) if width > 1 else part)
        whole = op.add(op.mul(op.concat(each, axis=1), const(self.spread)), const(self.base))
        return op.gather(whole, const(self.kept, np.int64), axis=1)
