"""What metrics of texts have in common: they are made of counts, sentence by sentence, so that resamples need no
texts."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from ninefold.core.table import Array
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class OfSentences:
    """The score is of the sums of ``counts`` [N, C]."""

    solves: ClassVar[tuple[Task, ...]] = ("translation",)
    higher_is_better: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = False

    def score(self, y: Array, predictions: Array, labels: Array | None = None) -> float:
        return self.of(self.counts(y, predictions))

    @abstractmethod
    def counts(self, y: Array, predictions: Array) -> Array:
        """[N, C] what the score is made of."""

    @abstractmethod
    def of(self, counts: Array) -> float:
        """The score of rows with these counts."""
