"""Token F1: how much of the words of answer and reference are shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._answers import overlap
from ninefold.metrics._sentences import OfSentences
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class TokenF1(OfSentences):
    """SQuAD's F1, the mean over the questions, of words without case, marks and articles; 1 for no answer where there
    is none.

    ``y`` [N] and ``predictions`` [N, 1] are texts.
    """

    title: ClassVar[str] = "token F1"
    solves: ClassVar[tuple[Task, ...]] = ("question-answering",)

    def counts(self, y: Array, predictions: Array) -> Array:
        """[N, 2]: what each answer is worth, and 1."""
        return np.array([(overlap(a, b), 1.0) for a, b in zip(y, predictions[:, 0], strict=True)]).reshape(-1, 2)

    def of(self, counts: Array) -> float:
        worth, rows = counts.sum(axis=0)
        return float(worth / rows)
