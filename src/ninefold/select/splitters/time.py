"""Expanding windows: each fold learns from all rows before its validation rows, never from later ones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ninefold.core.table import Array, Rows, is_before


@dataclass(frozen=True)
class Time:
    """Rows in time order are cut into ``folds + 1`` blocks; fold k validates block k + 1. Rows of the same moment as a
    fold's first validation row are left out of its training rows, and with a ``gap`` all that are less before it: what
    they look ahead for would not be known yet (purged folds, López de Prado 2018)."""

    folds: int
    gap: float = 0.0

    def split(self, rows: Rows, classes: int, rng: np.random.Generator) -> list[tuple[Array, Array]]:
        assert rows.times is not None
        order = np.argsort(rows.times, kind="stable")
        cuts = np.linspace(0, len(order), self.folds + 2).round().astype(int)
        splits = []
        for start, end in pairwise(cuts[1:]):
            earlier = order[:start]
            before = earlier[is_before(rows.times[earlier], rows.times[order[start]], self.gap)]
            if len(before) and end > start:
                splits.append((before, order[start:end]))
        return splits
