"""Calinski-Harabasz index: variance between clusters over variance within them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.table import Array
from ninefold.metrics._clusters import centres, grouped, judgeable
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class CalinskiHarabasz:
    """`sklearn.metrics.calinski_harabasz_score`; ``y`` [N, D] are the rows. NaN for one cluster.

    An F statistic, which grows with the number of rows: compare it on the same rows alone. Calinski, Harabasz 1974.
    """

    title: ClassVar[str] = "Calinski-Harabasz"
    solves: ClassVar[tuple[Task, ...]] = ("clustering",)
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        codes = grouped(predictions, labels)
        if not judgeable(codes):
            return float("nan")
        means, sizes = centres(y, codes)
        between = float((sizes * ((means - y.mean(axis=0)) ** 2).sum(axis=1)).sum())
        within = float(((y - means[codes]) ** 2).sum())
        return between * (len(y) - len(sizes)) / (within * (len(sizes) - 1)) if within else 1.0
