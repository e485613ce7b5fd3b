"""Repeated stratified k-fold: the same with other draws, averaged, where one draw says too little."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ninefold.core.table import Array, Rows
from ninefold.select.splitters.stratified import Stratified


@dataclass(frozen=True)
class Repeated:
    """The folds of each repeat follow one another."""

    folds: int
    repeats: int = 3

    def split(self, rows: Rows, classes: int, rng: np.random.Generator) -> list[tuple[Array, Array]]:
        once = Stratified(self.folds)
        return [fold for _ in range(self.repeats) for fold in once.split(rows, classes, rng)]
