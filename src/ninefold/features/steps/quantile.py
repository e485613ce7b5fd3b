"""Numbers by their rank among the training rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features._bands import bands
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True)
class Quantile:
    """[N, k] to [N, <= k]: a number's share of the training rows below it, or the normal quantile of that share.

    As scikit-learn's `QuantileTransformer`: linear between reference quantiles, constant beyond the first and the
    last. A value that is several references has their mean share. Normal shares keep a quarter of a reference's
    distance from 0 and 1, so that with 200 references nothing lies beyond ±3.1. NaN stays NaN.
    """

    to: str = setting("normal", "the distribution that comes out", choices=("normal", "uniform"))
    distinct: int = setting(1, "distinct values a column needs, or it is left out", low=1, high=100)
    references: int = setting(200, "reference quantiles at most", low=10, high=1000, log=True, tiny=20)
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        kept = [i for i, column in enumerate(block.values.T) if _distinct(column) >= self.distinct]
        curves = [self._curve(column[~np.isnan(column)]) for column in block.values.T[kept]]
        tables = [_table(x, y) for x, y in curves]
        names, edges = tuple(f"{block.names[i]} rank" for i in kept), tuple(x for x, _ in curves)
        return _Fitted(names, tuple(kept), edges, np.concatenate([*tables, np.empty((0, 3))]))

    def _curve(self, column: Array) -> tuple[Array, Array]:
        """Ascending references and what each becomes."""
        if not len(column):
            return np.zeros(1), np.zeros(1)
        count = min(self.references, max(2, len(column)))
        shares = np.linspace(0, 1, count)
        x, place = np.unique(np.quantile(column, shares), return_inverse=True)
        mean = np.bincount(place, weights=shares) / np.bincount(place)
        return x, self._shaped(mean, 1 / (4 * count))

    def _shaped(self, shares: Array, margin: float) -> Array:
        if self.to == "uniform":
            return shares
        from scipy.stats import norm

        return np.asarray(norm.ppf(np.clip(shares, margin, 1 - margin)))


def _distinct(column: Array) -> int:
    """Distinct values, at least 1; the gap counts as none."""
    return max(1, len(np.unique(column[~np.isnan(column)])))


def _table(x: Array, y: Array) -> Array:
    """[len(x) + 1, 3]: per band, the reference it begins at, what that becomes, and the slope from there."""
    slopes = np.diff(y) / np.diff(x)
    return np.column_stack([np.append(x[0], x), np.append(y[0], y), np.concatenate([[0.0], slopes, [0.0]])])


@dataclass(frozen=True, eq=False)
class _Fitted:
    names: tuple[str, ...]
    kept: tuple[int, ...]
    edges: tuple[Array, ...]
    table: Array
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        kept = op.gather(block, const(self.kept, np.int64), axis=1)
        return self._bent(kept) if self.names else kept

    def _bent(self, block: Var) -> Var:
        low, high = const([x[0] for x in self.edges]), const([x[-1] for x in self.edges])
        within = op.min([op.max([block, low]), high])
        starts = np.cumsum([0, *(len(x) + 1 for x in self.edges)])[:-1]
        places = op.cast(op.add(bands(within, self.edges), const(starts)), to=np.int64)
        begin, becomes, slope = (op.gather(const(self.table[:, i]), places) for i in range(3))
        out = op.add(becomes, op.mul(op.sub(within, begin), slope))
        return op.where(op.isnan(block), const(np.nan), out)
