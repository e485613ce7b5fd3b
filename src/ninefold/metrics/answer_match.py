"""Answer match: the share of questions whose answer is the reference, word by word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ninefold.core.table import Array
from ninefold.metrics._answers import normalised
from ninefold.metrics._sentences import OfSentences
from ninefold_runtime.schema import Task


@dataclass(frozen=True)
class AnswerMatch(OfSentences):
    """SQuAD's exact match: case, marks, articles and space do not count; no answer is right where there is none.

    ``y`` [N] and ``predictions`` [N, 1] are texts.
    """

    title: ClassVar[str] = "exact match"
    solves: ClassVar[tuple[Task, ...]] = ("question-answering",)

    def counts(self, y: Array, predictions: Array) -> Array:
        """[N, 2]: what each answer is worth, and 1."""
        return np.array(
            [(normalised(a) == normalised(b), 1.0) for a, b in zip(y, predictions[:, 0], strict=True)]
        ).reshape(-1, 2)

    def of(self, counts: Array) -> float:
        worth, rows = counts.sum(axis=0)
        return float(worth / rows)
