"""Micro F1: the harmonic mean of precision and recall over the labels of all targets together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.table import Array
from ninefold.metrics._labels import hits_and_mistakes
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class MicroF1:
    """`sklearn.metrics.f1_score` with ``average="micro"``; NaN where no label is yes, in truth or decision."""

    title: ClassVar[str] = "micro F1"
    solves: ClassVar[tuple[Task, ...]] = ("multilabel",)
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        hits, wrong = hits_and_mistakes(y, predictions, labels)
        total = 2 * hits.sum() + wrong.sum()
        return float(2 * hits.sum() / total) if total else float("nan")
