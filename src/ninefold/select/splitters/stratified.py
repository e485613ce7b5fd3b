"""Stratified k-fold: every fold has the classes in the table's proportions (values: of the target's order)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array, Rows, one_number


@dataclass(frozen=True)
class Stratified:
    """Rows are shuffled, sorted by class (or by value), and dealt to the folds in turn."""

    folds: int

    def split(self, rows: Rows, classes: int, rng: np.random.Generator) -> list[tuple[Array, Array]]:
        shuffled = rng.permutation(len(rows))
        dealt = shuffled[np.argsort(one_number(rows.target)[shuffled], kind="stable")]
        place = np.empty(len(rows), np.int64)
        place[dealt] = np.arange(len(rows)) % self.folds
        return [(np.flatnonzero(place != k), np.flatnonzero(place == k)) for k in range(self.folds)]
