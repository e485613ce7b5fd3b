"""Numbers cut into bands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from ninefold.core.parts import setting
from ninefold.core.protocols import Block, FittedStep, Known
from ninefold.core.table import Array
from ninefold.features._bands import bands
from ninefold.forms.onnx import Var, const, op


@dataclass(frozen=True)
class Bins:
    """[N, k] numbers to [N, D] zeros and ones, one per band, or to [N, k] numbers of bands 0...

    ``quantile`` bands hold equally many training rows each (fewer bands where values repeat), ``uniform`` ones are
    equally wide. An upper edge belongs to its band. Missing is in no band, and NaN as a number of one.
    """

    count: int = setting(8, "bands per column at most", low=2, high=100, log=True, tiny=4)
    how: str = setting("quantile", "where the edges lie", choices=("quantile", "uniform"))
    one_hot: bool = setting(True, "a 0/1 column per band, not the band's number", choices=(True, False))
    uses_target: ClassVar[bool] = False

    def fit(self, block: Block, known: Known, *, rng: np.random.Generator) -> FittedStep:
        edges = tuple(self._edges(column[~np.isnan(column)]) for column in block.values.T)
        if not self.one_hot:
            return _Numbered(tuple(f"{name} band" for name in block.names), edges)
        pairs = zip(block.names, edges, strict=True)
        names = tuple(name for column, inner in pairs for name in _band_names(column, inner))
        return _Marked(names, edges)

    def _edges(self, column: Array) -> Array:
        """Inner edges, ascending; at none of them does a band end that holds nothing."""
        if not len(column):
            return np.empty(0)
        if self.how == "uniform":
            inner = np.linspace(column.min(), column.max(), self.count + 1)[1:-1]
        else:
            inner = np.quantile(column, np.linspace(0, 1, self.count + 1)[1:-1])
        edges = np.unique(inner)
        return np.asarray(edges[(edges >= column.min()) & (edges < column.max())])


def _band_names(column: str, edges: Array) -> Iterator[str]:
    if not len(edges):
        yield f"{column} known"
        return
    yield f"{column} ≤ {edges[0]:.4g}"
    for low, high in pairwise(edges):
        yield f"{column} in ({low:.4g}, {high:.4g}]"
    yield f"{column} > {edges[-1]:.4g}"


@dataclass(frozen=True, eq=False)
class _Numbered:
    names: tuple[str, ...]
    edges: tuple[Array, ...]
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        return op.where(op.isnan(block), const(np.nan), bands(block, self.edges))


@dataclass(frozen=True, eq=False)
class _Marked:
    names: tuple[str, ...]
    edges: tuple[Array, ...]
    categorical: tuple[int, ...] = ()

    def graph(self, block: Var) -> Var:
        place = op.where(op.isnan(block), const(-1.0), bands(block, self.edges))
        counts = [len(inner) + 1 for inner in self.edges]
        own = op.gather(place, const(np.repeat(np.arange(len(counts)), counts), np.int64), axis=1)
        return op.cast(op.equal(own, const(np.concatenate([np.arange(c) for c in counts]))), to=np.float64)
