"""k-fold: every row is validated once, folds drawn at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array, Rows


@dataclass(frozen=True)
class KFold:
    """Validation positions of each fold, sizes equal to within one row."""

    folds: int

    def split(self, rows: Rows, classes: int, rng: np.random.Generator) -> list[tuple[Array, Array]]:
        place = rng.permutation(len(rows)) % self.folds
        return [(np.flatnonzero(place != k), np.flatnonzero(place == k)) for k in range(self.folds)]
