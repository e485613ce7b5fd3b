"""Group k-fold: rows of one group are never on both sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.errors import WishError
from ninefold.core.table import Array, Rows


@dataclass(frozen=True)
class Group:
    """Groups, largest first, go to the fold that has the fewest rows so far."""

    folds: int

    def split(self, rows: Rows, classes: int, rng: np.random.Generator) -> list[tuple[Array, Array]]:
        assert rows.groups is not None
        names, code = np.unique(rows.groups.astype(str), return_inverse=True)
        if len(names) < self.folds:
            text = f"{self.folds} folds need as many groups, the training rows have {len(names)}"
            raise WishError("NF-E320", text, hint=f"--folds {max(2, len(names))}")
        sizes = np.bincount(code)
        order = np.lexsort((rng.permutation(len(names)), -sizes))
        fold_of, filled = np.empty(len(names), np.int64), np.zeros(self.folds, np.int64)
        for group in order:
            fold_of[group] = filled.argmin()
            filled[fold_of[group]] += sizes[group]
        place = fold_of[code]
        return [(np.flatnonzero(place != k), np.flatnonzero(place == k)) for k in range(self.folds)]
