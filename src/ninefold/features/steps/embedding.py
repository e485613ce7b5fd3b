"""Each level becomes a point in few dimensions, near to levels that keep similar company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features._levels import key, lookup, numbered
from ninefold.forms.onnx import Var, op

BANDS = 8
"""Equally full bands that a target of values is cut into."""


@dataclass(frozen=True)
class Embedding:
    """[N, k] strings to [N, D] numbers, at most ``size`` of them per raw column.

    Per column, a table says how often each level occurs with each class (or band) of the target and with each level of
    the other columns. Its rows as shares, less the shares of all rows, weighted by the level's root of rows, are
    reduced to their first principal axes: correspondence analysis (Benzécri 1973). Rare levels are drawn towards the
    middle by ``smooth`` rows of it; unseen is the middle, missing a level of its own. Training rows are embedded out
    of fold. An axis points to where its largest entry is positive; axes of nearly equal spread may still turn from fold
    to fold, so few axes are the rule.
    """

    size: int = setting(2, "numbers per raw column at most", low=1, high=16, tiny=2)
    smooth: float = setting(20.0, "rows of the middle mixed into each level", low=1.0, high=500.0, log=True)
    uses_target: ClassVar[bool] = True

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        columns = [numbered(values) for values in block.values.T]
        target = _banded(known)
        keys = tuple(key(i, level) for i, (levels, _) in enumerate(columns) for level in levels)
        others = [code for _, code in columns]
        points = [self._points(i, others, target) for i in range(len(columns))]
        size = max(point.shape[1] for point in points)
        padded = [np.pad(point, ((0, 0), (0, size - point.shape[1]))) for point in points]
        names = tuple(f"{name} axis {axis + 1}" for axis in range(size) for name in block.names)
        return _Fitted(names, keys, np.concatenate(padded), len(columns))

    def _points(self, column: int, codes: list[Array], target: Array) -> Array:
        """[levels, <= size]."""
        own = codes[column]
        rows = np.bincount(own)
        company = [target, *(code for i, code in enumerate(codes) if i != column)]
        shares = np.hstack([self._shares(own, other, rows) for other in company])
        scaled = shares * np.sqrt(rows)[:, None]
        _, _, axes = np.linalg.svd(scaled, full_matrices=False)
        axes = axes[: self.size]
        signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
        return np.asarray(shares @ (axes * signs[:, None]).T)

    def _shares(self, own: Array, other: Array, rows: Array) -> Array:
        """[levels, other levels] shares of the other column's levels within each level, less those of all rows, over
        their root: squared distances are then chi-squared distances."""
        width = int(other.max()) + 1
        joint = np.bincount(own * width + other, minlength=len(rows) * width).reshape(len(rows), width)
        middle = np.bincount(other, minlength=width) / len(other)
        shares = (joint + self.smooth * middle) / (rows + self.smooth)[:, None]
        return np.asarray((shares - middle) / np.sqrt(np.maximum(middle, 1e-12)))


def _banded(known: Known) -> Array:
    """[N] codes 0.. of classes, or of bands of values."""
    if known.task != "regression":
        return known.y.astype(np.int64)
    edges = np.unique(np.quantile(known.y, np.linspace(0, 1, BANDS + 1)[1:-1]))
    return np.searchsorted(edges, known.y)


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    keys: tuple[str, ...]
    points: Array
    width: int
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        axes = [lookup(block, self.keys, np.ascontiguousarray(axis), 0.0, self.width) for axis in self.points.T]
        return axes[0] if len(axes) == 1 else op.concat(axes, axis=1)
