"""How unlike rows are (Gower 1971): 0 to 1 in each column, numbers in units of their spread among background rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ninefold_runtime.explain.asked import Array, Arrays, Asked, Background
from ninefold_runtime.explain.hybrids import differing
from ninefold_runtime.explain.rows import known, ordered, quantiles
from ninefold_runtime.schema import Column
from ninefold_runtime.wire import absent

_MIDDLE = np.array([0.05, 0.95])
"""The spread is the range of the middle 90 %: a single outlier must not make all others look alike."""


@dataclass(frozen=True)
class Ruler:
    """``spreads`` of the ordered columns by name; every other column is equal or not."""

    names: tuple[str, ...]
    spreads: Mapping[str, float]

    def parts(self, row: Arrays, rows: Arrays) -> Array:
        """float64 [N, C]: how unlike each of ``rows`` is to the one ``row``, column by column."""
        return np.stack([self._part(name, row[name], rows[name]) for name in self.names], axis=1)

    def distances(self, row: Arrays, rows: Arrays) -> Array:
        """float64 [N]: the mean over the columns."""
        return np.asarray(self.parts(row, rows).mean(axis=1))

    def _part(self, name: str, one: Array, many: Array) -> Array:
        """Missing is like missing, and as unlike as can be to all else."""
        spread = self.spreads.get(name)
        if many.ndim > 1:
            return differing({name: one}, {name: many}, (name,))[:, 0].astype(np.float64)
        if spread is None:
            return np.where(absent(one) & absent(many), 0.0, (many != one).astype(np.float64))
        unlike = np.minimum(np.abs(many.astype(np.float64) - one.astype(np.float64)) / spread, 1.0)
        gone, lost = absent(one), absent(many)
        return np.where(gone | lost, (gone != lost).astype(np.float64), unlike)


def ruler(asked: Asked) -> Ruler:
    """A ruler for the rows of this graph, by the spread of its background."""
    columns = asked.schema.columns
    spreads = {column.name: _spread(column, asked.background) for column in columns if ordered(column)}
    return Ruler(asked.schema.names, spreads)


def _spread(column: Column, background: Background) -> float:
    """The range of the middle of the background; of all of it, then of the schema, where that is a single point."""
    values, weights = known(background.columns[column.name], background.weights)
    if weights.sum():
        low, high = quantiles(values, weights, _MIDDLE).astype(np.float64)
        reach = (high - low) or float(np.ptp(values.astype(np.float64)))
        if reach:
            return float(reach)
    if column.minimum is not None and column.maximum is not None and column.maximum > column.minimum:
        return column.maximum - column.minimum
    return 1.0
