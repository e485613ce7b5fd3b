"""Quadratic weighted kappa: agreement beyond chance, where a miss by two ranks counts four times one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._labels import confusion, decided_rank, rank_costs
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class QuadraticKappa:
    """`sklearn.metrics.cohen_kappa_score` with ``weights="quadratic"`` (Cohen 1968); 0 where all rows are decided
    alike.

    NaN where ``y`` and decisions are one and the same class."""

    title: ClassVar[str] = "quadratic kappa"
    solves: ClassVar[tuple[Task, ...]] = ("ordinal",)
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        size = predictions.shape[1]
        seen = confusion(y, decided_rank(predictions, labels), size).astype(np.float64)
        cost = rank_costs(size)
        chance = float((cost * np.outer(seen.sum(axis=1), seen.sum(axis=0))).sum() / max(len(y), 1))
        return float(1 - (cost * seen).sum() / chance) if chance else float("nan")
